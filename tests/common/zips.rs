//! Zip files made by hand, so that each can lie in its own way.
#![allow(dead_code, reason = "each test file uses a part of it")]

/// One file of a zip file; the table of contents says what stands here, true or not.
#[derive(Clone, Debug)]
pub struct Lie {
    pub name: Vec<u8>,
    pub body: Vec<u8>,
    pub method: u16,
    pub flags: u16,
    pub crc: u32,
    pub size: u32,
    pub attributes: u32,
    /// Where it says it lies, if not where it does.
    pub at: Option<u32>,
}

impl Lie {
    /// A file that is what it says.
    pub fn honest(name: &str, content: &[u8]) -> Self {
        Self {
            name: name.as_bytes().to_vec(),
            body: content.to_vec(),
            method: 0,
            flags: 0,
            crc: crc32(content),
            size: content.len() as u32,
            attributes: 0o100_644 << 16,
            at: None,
        }
    }
}

pub fn zip(files: &[Lie]) -> Vec<u8> {
    let (mut out, mut table) = (Vec::new(), Vec::new());
    for file in files {
        let at = file.at.unwrap_or(out.len() as u32);
        let mut common = Vec::new();
        for n in [20, file.flags, file.method, 0, 33] {
            common.extend(n.to_le_bytes());
        }
        for n in [file.crc, file.body.len() as u32, file.size] {
            common.extend(n.to_le_bytes());
        }
        common.extend((file.name.len() as u16).to_le_bytes());
        out.extend(*b"PK\x03\x04");
        out.extend(&common);
        out.extend([0, 0]);
        out.extend(&file.name);
        out.extend(&file.body);
        table.extend(*b"PK\x01\x02\x14\x03");
        table.extend(&common);
        table.extend([0; 8]);
        table.extend(file.attributes.to_le_bytes());
        table.extend(at.to_le_bytes());
        table.extend(&file.name);
    }
    end(out, &table, files.len() as u16)
}

fn end(mut out: Vec<u8>, table: &[u8], count: u16) -> Vec<u8> {
    let at = out.len() as u32;
    out.extend(table);
    out.extend(*b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend((table.len() as u32).to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}

pub fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}
