//! Zip files, as far as a project needs them: written the same byte for byte every time, read with distrust.
//!
//! There is a container here of our own because its bytes must not depend on what else the program was built with: a
//! library picks its compressor by what other libraries ask for. What is compressed is compressed by `miniz_oxide`.

use std::collections::BTreeSet;
use std::io::{self, Read, Seek, SeekFrom, Write};

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;
/// Names are UTF-8.
const UTF8: u16 = 1 << 11;
/// Made on Unix, so that the permissions count.
const UNIX: u16 = 3 << 8;
/// The version that knows large numbers.
const LARGE: u16 = 45;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// 1 January 1980, the first day that a zip file knows.
const FIRST_DAY: u16 = (1 << 5) | 1;
/// A plain file that everybody may read and its owner may write.
const PLAIN: u32 = 0o100_644 << 16;
/// What is packed tighter than this is packed to do harm; so is nothing that is written here.
const RATIO: u64 = 200;
/// What a file may hold before its ratio is looked at, in bytes.
const FREE: u64 = 1 << 20;
/// What all files together may hold before theirs is.
const FREE_TOTAL: u64 = 16 << 20;
/// The largest table of contents that is read, in bytes.
const LARGEST_TABLE: u64 = 128 << 20;

/// How much is read from a zip file at the most.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub entries: u64,
    /// Bytes in one file, unpacked.
    pub each: u64,
    /// Bytes in all files, unpacked.
    pub total: u64,
    /// Whether two names that differ in nothing but capitals may be two files.
    pub capitals: bool,
}

/// Why a zip file is not read.
#[derive(Debug, thiserror::Error)]
pub enum ZipError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("it is not a zip file, or its end is missing")]
    NoEnd,
    #[error("its table of contents is damaged ({0})")]
    Table(&'static str),
    #[error("it holds {count} files, and no more than {most} are read")]
    TooMany { count: u64, most: u64 },
    #[error("“{0}” is encrypted")]
    Encrypted(String),
    #[error("“{0}” is packed in a way that is not known here")]
    Method(String),
    #[error("“{0}” is a link, not a file")]
    Link(String),
    #[error("“{0}” stands in it twice (capitals do not tell files apart)")]
    Twice(String),
    #[error("“{0}” lies where another file lies")]
    Overlap(String),
    #[error("“{name}” is larger than {most} MB")]
    TooLarge { name: String, most: u64 },
    #[error("its files are larger than {most} MB together")]
    TotalTooLarge { most: u64 },
    #[error("“{0}” would grow more than {RATIO} times when unpacked: it was made to fill the disk")]
    Bomb(String),
    #[error("“{0}” is damaged")]
    Damaged(String),
}

/// Writes a zip file from its start to its end.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    at: u64,
    table: Vec<u8>,
    count: u64,
}

struct Head<'a> {
    name: &'a str,
    method: u16,
    crc: u32,
    packed: u32,
    size: u32,
}

impl<W: Write> Writer<W> {
    pub fn new(out: W) -> Self {
        Self { out, at: 0, table: Vec::new(), count: 0 }
    }

    /// Adds a file. What does not get smaller, or suspiciously small, is stored as it is.
    pub fn file(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        let packed = compress_to_vec(content, 6);
        let worth = packed.len() < content.len() && content.len() as u64 <= RATIO * packed.len() as u64;
        let (method, body) = if worth { (DEFLATED, &packed[..]) } else { (STORED, content) };
        let head = Head {
            name,
            method,
            crc: crc32fast::hash(content),
            packed: size32(body.len())?,
            size: size32(content.len())?,
        };
        self.head(&head)?;
        self.write(body)
    }

    /// Adds a file that may be too large for the memory: it is read twice and stored as it is.
    pub fn large_file(&mut self, name: &str, content: &mut (impl Read + Seek)) -> io::Result<()> {
        let mut crc = crc32fast::Hasher::new();
        let mut size: u64 = 0;
        let mut piece = vec![0; 1 << 16];
        loop {
            let n = content.read(&mut piece)?;
            if n == 0 {
                break;
            }
            crc.update(&piece[..n]);
            size += n as u64;
        }
        let size32 = size32(size)?;
        self.head(&Head { name, method: STORED, crc: crc.finalize(), packed: size32, size: size32 })?;
        content.seek(SeekFrom::Start(0))?;
        let copied = io::copy(&mut content.take(size), &mut self.out)?;
        self.at += copied;
        if copied == size { Ok(()) } else { Err(io::Error::other(format!("{name} became shorter while it was read"))) }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.at += bytes.len() as u64;
        self.out.write_all(bytes)
    }

    fn head(&mut self, head: &Head) -> io::Result<()> {
        let name = u16::try_from(head.name.len()).map_err(io::Error::other)?;
        let far = self.at >= u64::from(u32::MAX);
        let version: u16 = if far { LARGE } else { 20 };
        let mut common = Vec::with_capacity(64);
        for number in [version, UTF8, head.method, 0, FIRST_DAY] {
            common.extend(number.to_le_bytes());
        }
        for number in [head.crc, head.packed, head.size] {
            common.extend(number.to_le_bytes());
        }
        common.extend(name.to_le_bytes());

        self.table.extend(CENTRAL.to_le_bytes());
        self.table.extend((UNIX | version).to_le_bytes());
        self.table.extend(&common);
        let extra: u16 = if far { 12 } else { 0 };
        for number in [extra, 0, 0, 0] {
            self.table.extend(number.to_le_bytes());
        }
        self.table.extend(PLAIN.to_le_bytes());
        self.table.extend(if far { u32::MAX } else { self.at as u32 }.to_le_bytes());
        self.table.extend(head.name.as_bytes());
        if far {
            self.table.extend(1u16.to_le_bytes());
            self.table.extend(8u16.to_le_bytes());
            self.table.extend(self.at.to_le_bytes());
        }
        self.count += 1;

        let mut local = LOCAL.to_le_bytes().to_vec();
        local.extend(&common);
        local.extend(0u16.to_le_bytes());
        local.extend(head.name.as_bytes());
        self.write(&local)
    }

    /// Writes the table of contents and a comment of at most 65,535 bytes. Returns how many bytes the file has.
    pub fn finish(mut self, comment: &str) -> io::Result<u64> {
        let (start, table) = (self.at, std::mem::take(&mut self.table));
        self.write(&table)?;
        let size = table.len() as u64;
        let mut end = Vec::new();
        let large = self.count >= u64::from(u16::MAX) || start + size >= u64::from(u32::MAX);
        if large {
            end.extend(END_64.to_le_bytes());
            end.extend(44u64.to_le_bytes());
            end.extend((UNIX | LARGE).to_le_bytes());
            end.extend(LARGE.to_le_bytes());
            end.extend(0u64.to_le_bytes());
            for number in [self.count, self.count, size, start] {
                end.extend(number.to_le_bytes());
            }
            end.extend(LOCATOR_64.to_le_bytes());
            end.extend(0u32.to_le_bytes());
            end.extend((start + size).to_le_bytes());
            end.extend(1u32.to_le_bytes());
        }
        let count = if large { u16::MAX } else { self.count as u16 };
        let (size, start) = if large { (u32::MAX, u32::MAX) } else { (size as u32, start as u32) };
        end.extend(END.to_le_bytes());
        for number in [0, 0, count, count] {
            end.extend(number.to_le_bytes());
        }
        end.extend(size.to_le_bytes());
        end.extend(start.to_le_bytes());
        end.extend(u16::try_from(comment.len()).map_err(io::Error::other)?.to_le_bytes());
        end.extend(comment.as_bytes());
        self.write(&end)?;
        self.out.flush()?;
        Ok(self.at)
    }
}

fn size32(size: impl TryInto<u32>) -> io::Result<u32> {
    size.try_into().map_err(|_| io::Error::other("a file of 4 GB or more does not fit into a zip file"))
}

/// A file in a zip file, as the table of contents has it; none of it is believed.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: String,
    /// The name as it is written.
    written: Vec<u8>,
    method: u16,
    crc: u32,
    packed: u64,
    size: u64,
    at: u64,
}

impl Entry {
    pub fn is_folder(&self) -> bool {
        self.name.ends_with('/')
    }
}

/// A zip file that is open for reading.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    entries: Vec<Entry>,
    comment: String,
    /// Where the table of contents begins, so that no file reaches into it.
    table_at: u64,
    limits: Limits,
    /// Bytes unpacked so far, and the bytes they were packed in.
    taken: u64,
    taken_packed: u64,
}

impl<R: Read + Seek> Reader<R> {
    /// Reads the table of contents and looks whether it can be one.
    pub fn open(mut input: R, limits: Limits) -> Result<Self, ZipError> {
        let length = input.seek(SeekFrom::End(0))?;
        let tail_at = length.saturating_sub(22 + u64::from(u16::MAX));
        let tail = take(&mut input, tail_at, length - tail_at)?;
        let end = (0..=tail.len().saturating_sub(22))
            .rev()
            .filter_map(|i| tail.get(i..i + 22).map(|end| (i, end)))
            .find(|(i, end)| u32_at(end, 0) == END && i + 22 + usize::from(u16_at(end, 20)) == tail.len());
        let (i, end) = end.ok_or(ZipError::NoEnd)?;
        let comment = String::from_utf8_lossy(&tail[i + 22..]).into_owned();
        let end_at = tail_at + i as u64;
        if u16_at(end, 4) != 0 || u16_at(end, 6) != 0 || u16_at(end, 8) != u16_at(end, 10) {
            return Err(ZipError::Table("it is a part of several"));
        }
        let mut count = u64::from(u16_at(end, 10));
        let mut size = u64::from(u32_at(end, 12));
        let mut table_at = u64::from(u32_at(end, 16));
        let mut table_end = end_at;
        let full = count == u64::from(u16::MAX) || size == u64::from(u32::MAX) || table_at == u64::from(u32::MAX);
        if full && end_at >= 20 {
            let locator = take(&mut input, end_at - 20, 20)?;
            if u32_at(&locator, 0) == LOCATOR_64 {
                let at = u64_at(&locator, 8);
                if at.checked_add(56).is_none_or(|end| end > end_at - 20) {
                    return Err(ZipError::Table("its large form lies outside"));
                }
                let end = take(&mut input, at, 56)?;
                if u32_at(&end, 0) != END_64 {
                    return Err(ZipError::Table("its large form is missing"));
                }
                (count, size, table_at, table_end) = (u64_at(&end, 32), u64_at(&end, 40), u64_at(&end, 48), at);
            }
        }
        if count > limits.entries {
            return Err(ZipError::TooMany { count, most: limits.entries });
        }
        if size > LARGEST_TABLE {
            return Err(ZipError::Table("it is too large"));
        }
        if table_at.checked_add(size) != Some(table_end) {
            return Err(ZipError::Table("it is not where it should be"));
        }
        let table = take(&mut input, table_at, size)?;
        let entries = read_table(&table, count, table_at, limits.capitals)?;
        Ok(Self { input, entries, comment, table_at, limits, taken: 0, taken_packed: 0 })
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What was written behind the files.
    pub fn comment(&self) -> &str {
        &self.comment
    }

    /// Unpacks one file. However large it says it is, no more is unpacked than the limits allow.
    pub fn read(&mut self, entry: &Entry) -> Result<Vec<u8>, ZipError> {
        let damaged = || ZipError::Damaged(entry.name.clone());
        let head = take(&mut self.input, entry.at, 30)?;
        let name_length = u64::from(u16_at(&head, 26));
        let body_at = entry.at + 30 + name_length + u64::from(u16_at(&head, 28));
        let fits = body_at.checked_add(entry.packed).is_some_and(|end| end <= self.table_at);
        if u32_at(&head, 0) != LOCAL || u16_at(&head, 8) != entry.method || !fits {
            return Err(damaged());
        }
        if take(&mut self.input, entry.at + 30, name_length)? != entry.written {
            return Err(damaged());
        }
        let most = self.limits.each.min(FREE + RATIO * entry.packed);
        if entry.size > self.limits.each || (entry.method == STORED && entry.packed > self.limits.each) {
            return Err(ZipError::TooLarge { name: entry.name.clone(), most: self.limits.each >> 20 });
        }
        if entry.size > most {
            return Err(ZipError::Bomb(entry.name.clone()));
        }
        let left = self.limits.total.saturating_sub(self.taken);
        self.taken_packed += entry.packed;
        let left_by_ratio = (FREE_TOTAL + RATIO * self.taken_packed).saturating_sub(self.taken);
        if entry.size > left {
            return Err(ZipError::TotalTooLarge { most: self.limits.total >> 20 });
        }
        if entry.size > left_by_ratio {
            return Err(ZipError::Bomb(entry.name.clone()));
        }
        let packed = take(&mut self.input, body_at, entry.packed)?;
        let content = if entry.method == STORED {
            packed
        } else {
            // Nothing larger than what the table says, which was held against every limit above.
            decompress_to_vec_with_limit(&packed, entry.size as usize).map_err(|e| match e.status {
                TINFLStatus::HasMoreOutput => ZipError::Bomb(entry.name.clone()),
                _ => damaged(),
            })?
        };
        self.taken += content.len() as u64;
        if content.len() as u64 != entry.size || crc32fast::hash(&content) != entry.crc {
            return Err(damaged());
        }
        Ok(content)
    }
}

/// A letter of a name as DOS wrote it (code page 437), which programs still do that do not say UTF-8.
fn letter(byte: u8) -> char {
    const UPPER: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
    match byte.checked_sub(0x80) {
        Some(n) => UPPER.chars().nth(usize::from(n)).unwrap_or('\u{fffd}'),
        None => char::from(byte),
    }
}

fn read_table(table: &[u8], count: u64, table_at: u64, capitals: bool) -> Result<Vec<Entry>, ZipError> {
    const SHORT: ZipError = ZipError::Table("it ends too early");
    let mut entries = Vec::new();
    let mut rest = table;
    for _ in 0..count {
        let head = rest.get(..46).ok_or(SHORT)?;
        if u32_at(head, 0) != CENTRAL {
            return Err(ZipError::Table("a file of it is missing"));
        }
        let lengths = [28, 30, 32].map(|at| usize::from(u16_at(head, at)));
        let name = rest.get(46..46 + lengths[0]).ok_or(SHORT)?;
        let extra = rest.get(46 + lengths[0]..46 + lengths[0] + lengths[1]).ok_or(SHORT)?;
        rest = rest.get(46 + lengths.iter().sum::<usize>()..).ok_or(SHORT)?;
        let (flags, method) = (u16_at(head, 8), u16_at(head, 10));
        let written = name.to_vec();
        let name = match std::str::from_utf8(name) {
            Ok(name) => name.to_owned(),
            Err(_) if flags & UTF8 == 0 => name.iter().map(|b| letter(*b)).collect(),
            Err(_) => return Err(ZipError::Damaged(String::from_utf8_lossy(name).into_owned())),
        };
        // Encrypted, strongly encrypted, with an encrypted table.
        if flags & (1 | 1 << 6 | 1 << 13) != 0 {
            return Err(ZipError::Encrypted(name));
        }
        if !matches!(method, STORED | DEFLATED) {
            return Err(ZipError::Method(name));
        }
        // The kind of file, where the program that made the zip file tells it.
        if (u32_at(head, 38) >> 16) & 0o170_000 == 0o120_000 {
            return Err(ZipError::Link(name));
        }
        let mut entry = Entry {
            name,
            written,
            method,
            crc: u32_at(head, 16),
            packed: u64::from(u32_at(head, 20)),
            size: u64::from(u32_at(head, 24)),
            at: u64::from(u32_at(head, 42)),
        };
        large_numbers(&mut entry, extra);
        if method == STORED && entry.packed != entry.size {
            return Err(ZipError::Damaged(entry.name));
        }
        entries.push(entry);
    }
    if !rest.is_empty() {
        return Err(ZipError::Table("there is more than it counts"));
    }
    let mut names = BTreeSet::new();
    for entry in &entries {
        if !names.insert(if capitals { entry.name.clone() } else { entry.name.to_lowercase() }) {
            return Err(ZipError::Twice(entry.name.clone()));
        }
    }
    let mut places: Vec<_> = entries.iter().collect();
    places.sort_by_key(|e| e.at);
    let mut free = 0;
    for entry in places {
        let end = [30, entry.written.len() as u64, entry.packed].into_iter().try_fold(entry.at, u64::checked_add);
        match end {
            Some(end) if entry.at >= free && end <= table_at => free = end,
            _ => return Err(ZipError::Overlap(entry.name.clone())),
        }
    }
    Ok(entries)
}

/// Takes the numbers that have no room in an entry from the field that follows its name.
fn large_numbers(entry: &mut Entry, mut extra: &[u8]) {
    while extra.len() >= 4 {
        let (kind, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let Some(body) = extra.get(4..4 + length) else { return };
        if kind == 1 {
            let mut numbers = body.chunks_exact(8);
            for number in [&mut entry.size, &mut entry.packed, &mut entry.at] {
                if *number == u64::from(u32::MAX)
                    && let Some(bytes) = numbers.next()
                {
                    *number = u64_at(bytes, 0);
                }
            }
        }
        extra = &extra[4 + length..];
    }
}

/// Bytes from a place in a file. Whoever calls has looked that they are not too many.
fn take(input: &mut (impl Read + Seek), at: u64, length: u64) -> Result<Vec<u8>, ZipError> {
    input.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    input.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(ZipError::Table("the file is shorter than it says")) }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { entries: 100_000, each: 1 << 20, total: 1 << 20, capitals: false };

    #[test]
    fn more_files_than_the_small_form_can_count_are_read_again() {
        let mut out = Vec::new();
        let mut zip = Writer::new(&mut out);
        for n in 0..70_000 {
            zip.file(&n.to_string(), b"").unwrap();
        }
        zip.file("last", b"words").unwrap();
        let length = zip.finish("said").unwrap();
        assert_eq!(length, out.len() as u64);
        let mut zip = Reader::open(io::Cursor::new(&out), LIMITS).unwrap();
        assert_eq!((zip.entries().len(), zip.comment()), (70_001, "said"));
        let last = zip.entries()[70_000].clone();
        assert_eq!(zip.read(&last).unwrap(), b"words");
        let few = Limits { entries: 70_000, ..LIMITS };
        assert!(matches!(Reader::open(io::Cursor::new(&out), few), Err(ZipError::TooMany { count: 70_001, .. })));
    }

    #[test]
    fn what_is_large_is_stored_and_read_again() {
        let content: Vec<u8> = (0..200_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let mut out = Vec::new();
        let mut zip = Writer::new(&mut out);
        zip.large_file("large", &mut io::Cursor::new(&content)).unwrap();
        zip.file("small", b"aaaaaaaaaaaaaaaaaaaaaaaaaaa").unwrap();
        zip.finish("").unwrap();
        let mut zip = Reader::open(io::Cursor::new(&out), LIMITS).unwrap();
        let [large, small] = [0, 1].map(|n| zip.entries()[n].clone());
        assert_eq!(zip.read(&large).unwrap(), content);
        assert_eq!(zip.read(&small).unwrap(), b"aaaaaaaaaaaaaaaaaaaaaaaaaaa");
        // All together are held against the limit, not each alone.
        let tight = Limits { total: 200_010, ..LIMITS };
        let mut zip = Reader::open(io::Cursor::new(&out), tight).unwrap();
        assert_eq!(zip.read(&large).unwrap(), content);
        assert!(matches!(zip.read(&small), Err(ZipError::TotalTooLarge { .. })));
    }
}
