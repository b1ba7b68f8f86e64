//! Floor 1: plain data and its rules. No files, no threads, no window.

mod annotation;
mod article;
mod codebook;
mod coding;
mod entity;
mod ids;
mod project;
mod vocabulary;

pub use annotation::{Annotation, Attributes, Origin, Party, Tag};
pub use article::{Article, Metadata, Part, PartKind, Source, fit};
pub use codebook::{Code, Codebook, Colour, PALETTE, Revision};
pub use coding::{Coding, Decision, DocumentCoding, NothingFound, Outcome, Relation, RelationEnd, Suggested};
pub use entity::Entity;
pub use ids::{AnnotationId, ArticleId, CodeId, CoderId, EntityId, IdError, RelationId, slug};
pub use project::{Backups, Coder, Fault, Project, SameAs, Settings, Value, Variable, VariableKind};
pub use vocabulary::{ClaimKind, EntityKind, Layer, Placement, QuoteKind, Stance, Voice};
