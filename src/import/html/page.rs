//! HTML to a tree, within bounds.
//!
//! The rules of HTML let a short page make a tree that is very deep or very large: elements that are never closed nest,
//! and formatting that is never closed is opened anew in every paragraph. The page is therefore parsed piece by piece,
//! and given up as soon as the tree leaves the bounds.

use std::borrow::Cow;
use std::cell::{Cell, Ref};

use dom_query::{Document, NodeId};
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink as _};
use html5ever::{Attribute, ParseOpts, QualName, parse_document};

use super::super::Problem;

/// How deep elements may be nested; browsers, too, stop at this depth.
const DEEPEST: usize = 512;
/// How many nodes a page may have.
pub const MOST_NODES: usize = 500_000;
/// How many bytes are parsed between two looks at the bounds.
const PIECE: usize = 2048;

/// The tree of a page.
///
/// # Errors
/// Where the page is too deep or has too many elements.
pub fn parse(html: &str) -> Result<Document, Problem> {
    let mut options = ParseOpts::default();
    // What stands in <noscript> is read as a reader without scripts would see it.
    options.tree_builder.scripting_enabled = false;
    let mut parser = parse_document(Bounded::default(), options);
    let mut rest = html;
    while !rest.is_empty() {
        let piece = &rest[..rest.floor_char_boundary(PIECE)];
        rest = &rest[piece.len()..];
        parser.process(StrTendril::from_slice(piece));
        let sink = &parser.tokenizer.sink.sink;
        if sink.too_deep.get() {
            return Err(Problem::TooComplex { what: format!("elements nested more than {DEEPEST} deep") });
        }
        if sink.document.tree.len() > MOST_NODES {
            return Err(Problem::TooComplex { what: format!("more than {MOST_NODES} elements") });
        }
    }
    Ok(parser.finish())
}

/// A document that notices when it grows too deep.
#[derive(Default)]
struct Bounded {
    document: Document,
    too_deep: Cell<bool>,
}

impl Bounded {
    fn look(&self, parent: &NodeId) {
        if self.document.tree.ancestor_ids_of_it(parent, Some(DEEPEST + 1)).count() > DEEPEST {
            self.too_deep.set(true);
        }
    }
}

impl TreeSink for Bounded {
    type Handle = NodeId;
    type Output = Document;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Document {
        self.document
    }

    // Pages are full of errors, and nobody reads them.
    fn parse_error(&self, _: Cow<'static, str>) {}

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        if matches!(child, NodeOrText::AppendNode(_)) {
            self.look(parent);
        }
        self.document.append(parent, child);
    }

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        self.document.append_before_sibling(sibling, child);
    }

    fn append_based_on_parent_node(&self, element: &NodeId, previous: &NodeId, child: NodeOrText<NodeId>) {
        if self.document.tree.parent_of(element).is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn get_document(&self) -> NodeId {
        self.document.get_document()
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Self::ElemName<'a> {
        self.document.elem_name(target)
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, flags: ElementFlags) -> NodeId {
        self.document.create_element(name, attrs, flags)
    }

    fn create_comment(&self, text: StrTendril) -> NodeId {
        self.document.create_comment(text)
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> NodeId {
        self.document.create_pi(target, data)
    }

    fn append_doctype_to_document(&self, name: StrTendril, public: StrTendril, system: StrTendril) {
        self.document.append_doctype_to_document(name, public, system);
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        self.document.get_template_contents(target)
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.document.set_quirks_mode(mode);
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attrs: Vec<Attribute>) {
        self.document.add_attrs_if_missing(target, attrs);
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.document.remove_from_parent(target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        self.document.reparent_children(node, new_parent);
    }

    fn is_mathml_annotation_xml_integration_point(&self, handle: &NodeId) -> bool {
        TreeSink::is_mathml_annotation_xml_integration_point(&self.document, handle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_that_grow_without_end_are_given_up() {
        assert!(matches!(parse(&"<div>".repeat(100_000)), Err(Problem::TooComplex { .. })));
        let fonts: String = (0..450).map(|n| format!("<font size={n}>")).collect();
        assert!(matches!(
            parse(&("<p>".to_owned() + &fonts + &"</p><p>x".repeat(20_000))),
            Err(Problem::TooComplex { .. })
        ));
        assert!(parse(&"<table><tr><td>".repeat(100)).is_ok());
        assert!(parse(&"<p>one<li>two".repeat(5000)).is_ok());
    }
}
