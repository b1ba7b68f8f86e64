//! What the styles of a Word document are.

use std::collections::BTreeMap;

use super::super::Problem;
use super::super::paragraph::{Role, role_of};
use super::super::xml::{Met, walk};

/// How many styles may stand upon one another.
const DEEPEST: usize = 12;

/// One style, as far as it says something itself.
#[derive(Clone, Debug, Default)]
struct Style {
    name: String,
    based_on: String,
    outline: Option<u8>,
    bold: Option<bool>,
    hidden: Option<bool>,
    size: Option<f32>,
}

/// The styles by their ids.
#[derive(Debug, Default)]
pub struct Styles {
    styles: BTreeMap<String, Style>,
    default: String,
}

impl Styles {
    pub fn read(bytes: Vec<u8>) -> Result<Self, Problem> {
        let mut all = Self::default();
        let mut open: Option<(String, Style)> = None;
        walk(bytes, |met| match met {
            Met::Open(element) => match (element.name.as_str(), &mut open) {
                ("style", _) => {
                    let id = element.get("styleId").unwrap_or_default().to_owned();
                    let is_default = matches!(element.get("default"), Some("1" | "true" | "on"));
                    if is_default && element.get("type") == Some("paragraph") {
                        all.default = id.clone();
                    }
                    open = Some((id, Style::default()));
                }
                (name, Some((_, style))) => match name {
                    "name" => style.name = element.get("val").unwrap_or_default().to_owned(),
                    "basedOn" => style.based_on = element.get("val").unwrap_or_default().to_owned(),
                    "outlineLvl" => style.outline = element.get("val").and_then(|v| v.parse().ok()),
                    "b" => style.bold = Some(element.is_on()),
                    "vanish" => style.hidden = Some(element.is_on()),
                    "sz" => style.size = half_points(element.get("val")),
                    _ => {}
                },
                _ => {}
            },
            Met::Close("style") => all.styles.extend(open.take()),
            Met::Close(_) | Met::Words(_) => {}
        })?;
        Ok(all)
    }

    /// The style and what it is based on, the nearest first. Without an id: what all paragraphs are set in.
    fn chain<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Style> {
        let id = if id.is_empty() { &self.default } else { id };
        let first = self.styles.get(id);
        std::iter::successors(first, |style| self.styles.get(&style.based_on)).take(DEEPEST)
    }

    pub fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.chain(id).next().map_or(id, |style| &style.name)
    }

    pub fn is_bold(&self, id: &str) -> Option<bool> {
        self.chain(id).find_map(|style| style.bold)
    }

    pub fn is_hidden(&self, id: &str) -> Option<bool> {
        self.chain(id).find_map(|style| style.hidden)
    }

    pub fn size(&self, id: &str) -> Option<f32> {
        self.chain(id).find_map(|style| style.size)
    }

    /// What a paragraph in this style is.
    pub fn role(&self, id: &str) -> Role {
        let named = self.chain(id).map(|style| role_of(&style.name)).find(|role| *role != Role::Body);
        let outlined = || {
            let level = self.chain(id).find_map(|style| style.outline).filter(|level| *level < 9)?;
            Some(Role::Heading(level + 1))
        };
        named.or_else(outlined).unwrap_or_else(|| role_of(id))
    }

    /// Whether it is a style of tables of contents, whose lines repeat the headings.
    pub fn is_contents(&self, id: &str) -> bool {
        self.chain(id).any(|style| {
            let name = style.name.to_lowercase();
            name.strip_prefix("toc ").is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()))
        })
    }
}

/// A size that is given in half points.
pub fn half_points(value: Option<&str>) -> Option<f32> {
    value.and_then(|v| v.parse::<f32>().ok()).filter(|v| (1.0..4000.0).contains(v)).map(|v| v / 2.0)
}
