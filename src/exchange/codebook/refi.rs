//! REFI-QDA codebooks (`.qdc`, version 1.0), which NVivo, MAXQDA, ATLAS.ti, QualCoder and Taguette exchange. What a code
//! means is its `Description`; retired codes are a `Set`.

use std::io;

use super::{CARRIED, Entry, bring, only_codes};
use crate::exchange::incoming::Incoming;
use crate::exchange::refi::xml::{self, Node, Writer};
use crate::exchange::refi::{ORIGIN, code_entry, guid, write_codes};
use crate::exchange::{Bundle, Carries, Format, Losses, Problem, Shape, Sink, adapt};
use crate::model::Project;

/// The set of the codes that are offered no more.
const RETIRED: &str = "Retired codes";

/// The format.
#[derive(Debug)]
pub struct RefiCodebook;

impl Format for RefiCodebook {
    fn name(&self) -> &'static str {
        "refi-codebook"
    }

    fn about(&self) -> &'static str {
        "REFI-QDA codebook, for MAXQDA, ATLAS.ti, QualCoder, NVivo, Taguette"
    }

    fn shape(&self) -> Shape {
        Shape::File("qdc")
    }

    fn carries(&self) -> Carries {
        CARRIED
    }

    fn adapt(&self, project: &mut Project, losses: &mut Losses) {
        only_codes(project, losses);
        adapt::for_xml(project, losses);
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        let mut xml = Writer::new();
        xml.open("CodeBook", &[("xmlns", "urn:QDA-XML:codebook:1.0"), ("origin", ORIGIN)]);
        xml.open("Codes", &[]);
        write_codes(&mut xml, &project.codebook.tree());
        xml.close();
        let retired: Vec<_> = project.codebook.codes.values().filter(|c| c.retired).collect();
        if !retired.is_empty() {
            xml.open("Sets", &[]);
            xml.open("Set", &[("guid", &guid(&["set", RETIRED])), ("name", RETIRED)]);
            for code in retired {
                xml.empty("MemberCode", &[("guid", &guid(&["code", code.id.as_str()]))]);
            }
        }
        let xml = xml.finish();
        sink.main(|out, _| out.write_all(xml.as_bytes()))
    }

    fn recognises(&self, bundle: &Bundle) -> bool {
        bundle.only().is_some_and(|name| bundle.head(name).contains("urn:QDA-XML:codebook:"))
    }

    fn read(&self, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        let name = bundle.only().ok_or(Problem::NotOneFile)?;
        let root = xml::parse(name, &bundle.text(name)?)?;
        if root.name != "CodeBook" {
            return Err(Problem::within(name, format!("it begins with <{}> and not with <CodeBook>", root.name)));
        }
        let known = crate::exchange::refi::known_codes(incoming.known());
        let mut entries: Vec<Entry> = Vec::new();
        let mut open: Vec<(&Node, Option<usize>)> = root.within("Codes", "Code").map(|c| (c, None)).collect();
        open.reverse();
        while let Some((node, parent)) = open.pop() {
            let mut entry = code_entry(node);
            entry.parent = parent;
            entry.id = entry.id.or_else(|| known.get(&crate::exchange::refi::guid_of(node)).cloned());
            let at = entries.len();
            entries.push(entry);
            open.extend(node.all("Code").rev().map(|c| (c, Some(at))));
        }
        for _ in root.within("Sets", "Set").filter(|set| set.get("name") != Some(RETIRED)) {
            incoming.tell("groups of codes were left out");
        }
        bring(incoming, entries);
        Ok(())
    }
}
