//! A tree of elements to paragraphs, as a browser would set them.

use dom_query::NodeRef;

use super::super::Block;
use crate::model::PartKind;

/// Elements whose words nobody reads.
const SILENT: &[&str] = &[
    "script", "style", "noscript", "template", "svg", "math", "head", "title", "button", "select", "textarea", "input",
    "iframe", "object", "audio", "video", "canvas", "datalist", "dialog", "rp", "rt", "nav",
];

/// Elements that run on in the line. All others begin and end a paragraph, unknown ones with a dash excepted.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
    "ins", "kbd", "label", "mark", "nobr", "output", "picture", "q", "ruby", "rb", "s", "samp", "small", "source",
    "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "map", "area", "meter", "progress",
    "link", "meta",
];

/// The paragraphs below a node, in order, none empty.
pub fn blocks(root: &NodeRef<'_>) -> Vec<Block> {
    let mut setter = Setter::default();
    let mut here = root.first_child();
    // By hand, not by recursion: a page may be deep.
    let mut open: Vec<Open<'_>> = Vec::new();
    loop {
        if let Some(node) = here {
            if node.is_text() {
                setter.words(&node.text());
            } else if node.is_element() {
                let name = node.node_name().map(|n| n.to_string()).unwrap_or_default();
                if !is_silent(&node, &name) {
                    setter.enter(&name);
                    open.push(Open { node, name });
                    here = node.first_child();
                    continue;
                }
            }
            here = node.next_sibling();
        } else if let Some(done) = open.pop() {
            setter.leave(&done.name);
            here = done.node.next_sibling();
        } else {
            break;
        }
    }
    setter.flush();
    setter.done
}

struct Open<'a> {
    node: NodeRef<'a>,
    name: String,
}

fn is_silent(node: &NodeRef<'_>, name: &str) -> bool {
    if SILENT.contains(&name) || node.has_attr("hidden") {
        return true;
    }
    let style = node.attr("style").map(|s| s.to_ascii_lowercase().replace(' ', "")).unwrap_or_default();
    style.contains("display:none") || style.contains("visibility:hidden")
}

fn is_inline(name: &str) -> bool {
    INLINE.contains(&name) || name.contains('-')
}

#[derive(Default)]
struct Setter {
    done: Vec<Block>,
    text: String,
    /// White space was met and is set when a word follows.
    space: bool,
    captions: usize,
    preformatted: usize,
}

impl Setter {
    fn words(&mut self, text: &str) {
        if self.preformatted > 0 {
            self.text.push_str(text);
            return;
        }
        for c in text.chars() {
            // A no-break space is a character of the text.
            if matches!(c, ' ' | '\n' | '\t' | '\r' | '\u{c}') {
                self.space = true;
            } else {
                if self.space && !self.text.is_empty() && !self.text.ends_with(['\n', '\t']) {
                    self.text.push(' ');
                }
                self.space = false;
                self.text.push(c);
            }
        }
    }

    fn enter(&mut self, name: &str) {
        match name {
            "br" => {
                self.text.push('\n');
                self.space = false;
            }
            "td" | "th" => {
                if !self.text.is_empty() {
                    self.text.push('\t');
                }
                self.space = false;
            }
            "q" => self.words("“"),
            _ if is_inline(name) => {}
            _ => self.flush(),
        }
        match name {
            "figcaption" | "caption" => self.captions += 1,
            "pre" => self.preformatted += 1,
            _ => {}
        }
    }

    fn leave(&mut self, name: &str) {
        match name {
            "br" | "td" | "th" => {}
            "q" => {
                self.space = false;
                self.words("”");
            }
            _ if is_inline(name) => {}
            _ => self.flush(),
        }
        match name {
            "figcaption" | "caption" => self.captions -= 1,
            "pre" => self.preformatted -= 1,
            _ => {}
        }
    }

    /// Ends the paragraph. Two line breaks in a row end one, too.
    fn flush(&mut self) {
        self.space = false;
        let kind = (self.captions > 0).then_some(PartKind::Caption);
        let text = std::mem::take(&mut self.text);
        let mut lines: Vec<&str> = Vec::new();
        for line in text.split('\n').map(str::trim).chain([""]) {
            if !line.is_empty() {
                lines.push(line);
            } else if !lines.is_empty() {
                self.done.push(Block { kind, text: lines.join("\n") });
                lines.clear();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::page::parse;
    use super::*;

    fn set(html: &str) -> Vec<String> {
        let document = parse(html).unwrap();
        blocks(&document.body().unwrap()).into_iter().map(|b| b.text).collect()
    }

    #[test]
    fn words_are_set_as_a_browser_would() {
        assert_eq!(
            set("<p>One\n  <b>two</b>,<i> three</i></p>four<div>five<p>six"),
            ["One two, three", "four", "five", "six"]
        );
        assert_eq!(set("a<br>b<br><br>c"), ["a\nb", "c"]);
        assert_eq!(set("<p>He said <q>no &amp; never</q>.</p>"), ["He said “no & never”."]);
        assert_eq!(set("<table><tr><td>a<td>b<tr><td>c"), ["a\tb", "c"]);
        assert_eq!(set("<p>x<script>y</script><span hidden>z</span><span style='display: none'>w</span></p>"), ["x"]);
        assert_eq!(set("<ul><li>one<li>two</ul>"), ["one", "two"]);
        assert_eq!(set("<p>1&nbsp;000</p>"), ["1\u{a0}000"]);
    }

    #[test]
    fn captions_are_marked() {
        let document = parse("<figure><img src=x><figcaption>The <b>pier</b></figcaption></figure><p>Text").unwrap();
        let found = blocks(&document.body().unwrap());
        assert_eq!(found[0], Block { kind: Some(PartKind::Caption), text: "The pier".to_owned() });
        assert_eq!(found[1].kind, None);
    }
}
