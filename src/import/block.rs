//! A paragraph on its way into an article.

use crate::model::PartKind;

/// A paragraph; `kind` is set where it is not body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub kind: Option<PartKind>,
    pub text: String,
}

impl Block {
    /// A paragraph of the body.
    pub fn body(text: impl Into<String>) -> Self {
        Self { kind: None, text: text.into() }
    }

    /// A paragraph that stands under a picture or a table.
    pub fn caption(text: impl Into<String>) -> Self {
        Self { kind: Some(PartKind::Caption), text: text.into() }
    }
}
