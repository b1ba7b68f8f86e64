//! The text of an article: it must be the very one that was coded, and there are several ways back to it.

use std::sync::Arc;

use super::super::files::ArticleFile;
use super::{Act, Changed, Look, decoded, entries, read, utf8};
use crate::model::{Article, ArticleId};
use crate::text::normalise;

/// Whether a text is no other text but what a broken disk leaves of one: nothing, white space, or zeros. No coding can be
/// found again in it.
pub fn is_ruin(text: &str) -> bool {
    text.contains('\0') || text.chars().all(|c| c.is_whitespace() || c.is_control() || c == '\u{feff}')
}

impl Look<'_> {
    /// The text that was coded, for an article whose metadata are there and whose text is missing or another one (`what`):
    /// from what is there, a backup, or a conflicted copy. What is done is planned.
    pub(super) fn text_of(&mut self, id: &ArticleId, file: &ArticleFile, what: &str) -> Option<String> {
        let name = format!("articles/{id}.txt");
        let hash = file.hash();
        let bytes = read(&self.root.join(&name)).ok().flatten();
        if let Some(text) = bytes.as_deref().and_then(|bytes| undone(bytes, hash)) {
            let told = format!(
                "{name}: another program had changed its line ends or its encoding: it is again the text that was coded"
            );
            self.step(name, Act::Replace(Some(text.clone().into_bytes())), told);
            return Some(text);
        }
        let coded = |bytes: &[u8]| utf8(bytes.to_vec()).ok().filter(|text| Article::hash_of(text) == hash);
        if let Some((bytes, text, backup)) = self.in_backups(&name, coded) {
            let told = format!("{name} {what}: taken from the backup {backup}");
            self.step(name, Act::Replace(Some(bytes)), told);
            return Some(text);
        }
        let texts = entries(&self.root.join("articles")).unwrap_or_default().into_iter();
        for path in texts.filter(|path| path.extension().is_some_and(|ending| ending == "txt")) {
            let found = read(&path).ok().flatten().and_then(|bytes| undone(&bytes, hash));
            if let Some(text) = found {
                let copy = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                let told = format!("{name} {what}: the text that was coded is taken from the copy {copy}");
                self.step(name, Act::Replace(Some(text.clone().into_bytes())), told);
                return Some(text);
            }
        }
        None
    }

    /// An article whose text can be read, and is another one than was coded.
    pub(super) fn changed_text(&mut self, id: ArticleId, file: ArticleFile, text: String) {
        if let Some(coded) = self.text_of(&id, &file, "is not the text that was coded") {
            if let Ok(article) = file.into_article(id.clone(), coded) {
                self.project.articles.insert(id, Arc::new(article));
            }
            return;
        }
        if is_ruin(&text) {
            self.left(format!(
                "articles/{id}.txt is empty or holds no text any more, and no backup has the one that was coded; nothing on it was changed. Put the text back into that file"
            ));
        } else {
            self.plan.changed.push(Changed { article: id.clone(), parts: file.parts().to_vec() });
        }
        // Parts that lie behind the end of this text stay in the file.
        if let Ok(article) = file.into_article(id.clone(), text) {
            self.project.articles.insert(id, Arc::new(article));
        }
    }
}

/// The text with this hash, where another program only changed how it is written: its line ends, a byte-order mark, or
/// the encoding.
fn undone(bytes: &[u8], hash: &str) -> Option<String> {
    let text = decoded(bytes).or_else(|| utf8(bytes.to_vec()).ok())?;
    let fits = |text: &str| Article::hash_of(text) == hash;
    if fits(&text) {
        return Some(text);
    }
    let plain = normalise(&text);
    fits(&plain).then(|| plain.into_owned())
}
