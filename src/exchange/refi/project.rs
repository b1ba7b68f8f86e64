//! What stands in a `project.qde`, in the order in which it is needed.

use std::collections::BTreeMap;
use std::path::Path;

use super::folded;
use super::xml::{self, Node};
use crate::exchange::{Bundle, Problem};

/// A REFI-QDA project as it was read, before anything is made of it.
pub struct ProjectFile {
    pub root: Node,
    pub origin: String,
    /// Notes by their GUIDs.
    pub notes: BTreeMap<String, Note>,
    pub sources: Vec<Source>,
    /// What was left out, with how often.
    pub left_out: Vec<(String, usize)>,
}

/// A note: whose it is, and what it says.
#[derive(Clone, Debug)]
pub struct Note {
    pub name: String,
    pub user: Option<String>,
    pub text: String,
}

/// A text that may be coded.
pub struct Source {
    pub guid: String,
    pub name: String,
    /// The text as it stands in the file, with its byte-order mark.
    pub raw: String,
    pub description: String,
    pub selections: Vec<Selection>,
    /// Codings of the whole source.
    pub codings: Vec<Coding>,
    pub notes: Vec<String>,
    /// GUIDs of variables with their values.
    pub values: Vec<Node>,
}

/// A marked stretch.
pub struct Selection {
    pub guid: String,
    pub name: String,
    pub start: String,
    pub end: String,
    pub description: String,
    pub user: Option<String>,
    pub created: Option<String>,
    pub changed: Option<String>,
    pub codings: Vec<Coding>,
    pub notes: Vec<String>,
}

/// That a code is given to something.
pub struct Coding {
    pub guid: String,
    pub code: String,
    pub user: Option<String>,
    pub created: Option<String>,
    pub notes: Vec<String>,
}

impl ProjectFile {
    /// Reads the project’s file and the texts that it names.
    pub fn open(bundle: &Bundle) -> Result<Self, Problem> {
        let mut names: Vec<&str> = bundle.with_ending("qde").collect();
        names.sort_by_key(|name| {
            let is_usual = Path::new(name).file_name().is_some_and(|n| n.eq_ignore_ascii_case("project.qde"));
            (!is_usual, name.matches('/').count(), *name)
        });
        let name = names.first().ok_or_else(|| Problem::Missing("project.qde".to_owned()))?;
        let root = xml::parse(name, &bundle.text(name)?)?;
        if root.name != "Project" {
            return Err(Problem::within(name, format!("it begins with <{}> and not with <Project>", root.name)));
        }
        let mut new = Self {
            origin: root.get("origin").unwrap_or_default().to_owned(),
            root,
            notes: BTreeMap::new(),
            sources: Vec::new(),
            left_out: Vec::new(),
        };
        let root = std::mem::take(&mut new.root);
        for node in root.within("Notes", "Note") {
            let text = Self::text_of(bundle, node).unwrap_or_default();
            // In a file of its own, a mark at the start is no part of the words.
            let marked = text.strip_prefix('\u{feff}').filter(|_| node.first("PlainTextContent").is_none());
            let text = marked.unwrap_or(&text).replace("\r\n", "\n").replace('\r', "\n");
            let note = Note {
                name: node.get("name").unwrap_or_default().to_owned(),
                user: node.get("creatingUser").map(folded),
                text,
            };
            new.notes.insert(guid_of(node), note);
        }
        for node in root.first("Sources").into_iter().flat_map(|sources| &sources.nodes) {
            new.source(bundle, node);
        }
        new.root = root;
        Ok(new)
    }

    fn leave_out(&mut self, what: impl Into<String>, count: usize) {
        if count > 0 {
            self.left_out.push((what.into(), count));
        }
    }

    fn source(&mut self, bundle: &Bundle, node: &Node) {
        match node.name.as_str() {
            "TextSource" => self.text_source(bundle, node, node),
            "PDFSource" | "PictureSource" => {
                let text = node.first("Representation").or_else(|| node.first("TextDescription"));
                // A selection of the page that the text has as well is read once, there.
                let there: Vec<_> = text.into_iter().flat_map(|t| t.all("PlainTextSelection")).map(guid_of).collect();
                let on_page =
                    node.nodes.iter().filter(|n| matches!(n.name.as_str(), "PDFSelection" | "PictureSelection"));
                let lost = on_page.filter(|n| n.first("Coding").is_some() && !there.contains(&guid_of(n))).count();
                self.leave_out("codings of places on a page or picture were left out: only text is read", lost);
                match text {
                    Some(text) => self.text_source(bundle, text, node),
                    None => self.leave_out("PDF files and pictures without their text were left out", 1),
                }
            }
            "AudioSource" | "VideoSource" => {
                let moments =
                    node.nodes.iter().filter(|n| matches!(n.name.as_str(), "AudioSelection" | "VideoSelection"));
                let lost = moments.filter(|n| n.first("Coding").is_some()).count();
                self.leave_out("codings of moments in sound or film were left out: only text is read", lost);
                if node.first("Transcript").is_none() {
                    self.leave_out("sound and film without a transcript were left out", 1);
                }
                for transcript in node.all("Transcript") {
                    self.text_source(bundle, transcript, node);
                }
            }
            _ => self.leave_out("sources of an unknown kind were left out", 1),
        }
    }

    /// A text: `text` has the words and the selections, `whole` is the source that it stands for.
    fn text_source(&mut self, bundle: &Bundle, text: &Node, whole: &Node) {
        let mut selections: Vec<_> = text.all("PlainTextSelection").map(selection).collect();
        let points: BTreeMap<_, _> =
            text.all("SyncPoint").filter_map(|p| Some((guid_of(p), p.get("position")?.to_owned()))).collect();
        let point = |node: &Node, name: &str| points.get(&folded(node.get(name)?)).cloned();
        for node in text.all("TranscriptSelection") {
            let place = (point(node, "fromSyncPoint"), point(node, "toSyncPoint"));
            let (start, end) = (place.0.unwrap_or_default(), place.1.unwrap_or_default());
            selections.push(Selection { start, end, ..selection(node) });
        }
        let Some(raw) = Self::text_of(bundle, text) else {
            let codings = selections.iter().map(|s| s.codings.len()).sum();
            self.leave_out("texts are not in the file, and were left out", 1);
            self.leave_out("codings of texts that are not in the file were left out", codings);
            return;
        };
        let mut codings: Vec<_> = text.all("Coding").map(coding).collect();
        let mut notes = refs(text);
        let mut values: Vec<_> = text.all("VariableValue").cloned().collect();
        if !std::ptr::eq(text, whole) {
            codings.extend(whole.all("Coding").map(coding));
            notes.extend(refs(whole));
            values.extend(whole.all("VariableValue").cloned());
        }
        self.sources.push(Source {
            guid: guid_of(whole),
            name: whole.get("name").or(text.get("name")).unwrap_or_default().to_owned(),
            raw,
            description: whole.words("Description").unwrap_or_default().to_owned(),
            selections,
            codings,
            notes,
            values,
        });
    }

    /// The words of a source, from the element itself or from the file that it names.
    fn text_of(bundle: &Bundle, node: &Node) -> Option<String> {
        if let Some(content) = node.words("PlainTextContent") {
            return Some(content.to_owned());
        }
        let path = node.get("plainTextPath")?;
        let wanted = path.rsplit(['/', '\\']).next().unwrap_or(path).to_lowercase();
        let called = |name: &&String| name.rsplit('/').next().is_some_and(|n| n.to_lowercase() == wanted);
        let name = bundle.names().iter().filter(called).min_by_key(|name| {
            let in_sources = name.rsplit('/').nth(1).is_some_and(|folder| folder.eq_ignore_ascii_case("sources"));
            (!in_sources, (*name).clone())
        })?;
        let bytes = bundle.read(name).ok()?;
        // The mark is kept: whether places count it is found out later.
        match String::from_utf8(bytes) {
            Ok(text) => Some(text),
            Err(_) => bundle.text(name).ok(),
        }
    }
}

pub fn guid_of(node: &Node) -> String {
    folded(node.get("guid").unwrap_or_default())
}

fn refs(node: &Node) -> Vec<String> {
    node.all("NoteRef").filter_map(|n| n.get("targetGUID")).map(folded).collect()
}

fn owned(node: &Node, attribute: &str) -> Option<String> {
    node.get(attribute).map(str::to_owned)
}

fn selection(node: &Node) -> Selection {
    let number = |name| node.get(name).unwrap_or_default().trim().to_owned();
    Selection {
        guid: guid_of(node),
        name: node.get("name").unwrap_or_default().to_owned(),
        start: number("startPosition"),
        end: number("endPosition"),
        description: node.words("Description").unwrap_or_default().to_owned(),
        user: node.get("creatingUser").map(folded),
        created: owned(node, "creationDateTime"),
        changed: owned(node, "modifiedDateTime"),
        codings: node.all("Coding").map(coding).collect(),
        notes: refs(node),
    }
}

fn coding(node: &Node) -> Coding {
    Coding {
        guid: guid_of(node),
        code: node.first("CodeRef").and_then(|c| c.get("targetGUID")).map(folded).unwrap_or_default(),
        user: node.get("creatingUser").map(folded),
        created: owned(node, "creationDateTime"),
        notes: refs(node),
    }
}
