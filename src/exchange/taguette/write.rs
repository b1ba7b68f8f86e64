//! A project as a Taguette database.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::page;
use crate::exchange::codebook::tags;
use crate::exchange::record::{codings_of, json_of};
use crate::exchange::refi::layer_code;
use crate::exchange::{keyed, noted};
use crate::model::{Article, Project, Tag};
use crate::text::OffsetMap;

/// The tables of Taguette 1.5, as far as it needs them to open a project.
const SCHEMA: &str = "
CREATE TABLE users (
    login VARCHAR(30) NOT NULL, created DATETIME NOT NULL, hashed_password VARCHAR(192), disabled BOOLEAN NOT NULL,
    password_set_date DATETIME, language VARCHAR(10), email VARCHAR(256), email_sent DATETIME,
    CONSTRAINT pk_users PRIMARY KEY (login));
CREATE TABLE projects (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR(200) NOT NULL, description TEXT NOT NULL,
    created DATETIME NOT NULL);
CREATE TABLE project_members (
    project_id INTEGER NOT NULL, user_login VARCHAR(30) NOT NULL, privileges VARCHAR(11) NOT NULL,
    CONSTRAINT pk_project_members PRIMARY KEY (project_id, user_login),
    CONSTRAINT fk_project_members_project_id_projects FOREIGN KEY(project_id) REFERENCES projects (id)
        ON DELETE CASCADE,
    CONSTRAINT fk_project_members_user_login_users FOREIGN KEY(user_login) REFERENCES users (login)
        ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE documents (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR(200) NOT NULL, description TEXT NOT NULL,
    filename VARCHAR(200) NOT NULL, created DATETIME NOT NULL, project_id INTEGER NOT NULL,
    text_direction VARCHAR(13) NOT NULL, contents TEXT NOT NULL,
    CONSTRAINT fk_documents_project_id_projects FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE);
CREATE TABLE commands (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, date DATETIME NOT NULL, user_login VARCHAR(30) NOT NULL,
    project_id INTEGER NOT NULL, document_id INTEGER, payload TEXT NOT NULL,
    CONSTRAINT fk_commands_user_login_users FOREIGN KEY(user_login) REFERENCES users (login) ON UPDATE CASCADE,
    CONSTRAINT fk_commands_project_id_projects FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE);
CREATE TABLE tags (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL, path VARCHAR(200) NOT NULL,
    description TEXT NOT NULL,
    CONSTRAINT uq_tags_project_id UNIQUE (project_id, path),
    CONSTRAINT fk_tags_project_id_projects FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE);
CREATE TABLE highlights (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, document_id INTEGER NOT NULL, start_offset INTEGER NOT NULL,
    end_offset INTEGER NOT NULL, snippet TEXT NOT NULL,
    CONSTRAINT fk_highlights_document_id_documents FOREIGN KEY(document_id) REFERENCES documents (id)
        ON DELETE CASCADE);
CREATE TABLE highlight_tags (
    highlight_id INTEGER NOT NULL, tag_id INTEGER NOT NULL,
    CONSTRAINT pk_highlight_tags PRIMARY KEY (highlight_id, tag_id),
    CONSTRAINT fk_highlight_tags_highlight_id_highlights FOREIGN KEY(highlight_id) REFERENCES highlights (id)
        ON DELETE CASCADE,
    CONSTRAINT fk_highlight_tags_tag_id_tags FOREIGN KEY(tag_id) REFERENCES tags (id) ON DELETE CASCADE);
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
INSERT INTO alembic_version VALUES('db5e31a0233d');
CREATE UNIQUE INDEX ix_users_email ON users (email);
CREATE INDEX ix_project_members_user_login ON project_members (user_login);
CREATE INDEX ix_project_members_project_id ON project_members (project_id);
CREATE INDEX ix_documents_project_id ON documents (project_id);
CREATE INDEX ix_commands_project_id ON commands (project_id);
CREATE INDEX idx_project_document ON commands (project_id, document_id);
CREATE INDEX ix_commands_user_login ON commands (user_login);
CREATE INDEX ix_commands_document_id ON commands (document_id);
CREATE INDEX idx_project_id ON commands (project_id, id);
CREATE INDEX ix_commands_date ON commands (date);
CREATE INDEX ix_tags_path ON tags (path);
CREATE INDEX ix_tags_project_id ON tags (project_id);
CREATE INDEX ix_highlights_document_id ON highlights (document_id);
CREATE INDEX ix_highlight_tags_highlight_id ON highlight_tags (highlight_id);
CREATE INDEX ix_highlight_tags_tag_id ON highlight_tags (tag_id);
";

/// Under whom Taguette opens a project on one’s own computer.
const ADMIN: &str = "admin";

/// Why a database was not made.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

/// The bytes of the database.
pub fn bytes(project: &Project) -> Result<Vec<u8>, WriteError> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("project.sqlite3");
    let mut database = Connection::open(&path)?;
    // Nobody needs half of the file: there is no use in writing it with care for what may break off.
    database.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")?;
    let transaction = database.transaction()?;
    transaction.execute_batch(SCHEMA)?;
    fill(&transaction, project)?;
    transaction.commit()?;
    database.close().map_err(|(_, e)| e)?;
    Ok(std::fs::read(&path)?)
}

/// A moment as Taguette writes it.
fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S%.6f").to_string()
}

fn fill(to: &Connection, project: &Project) -> Result<(), rusqlite::Error> {
    // The same project gives the same file: the day is that of the oldest coding, and not today.
    let first = project.annotations().map(|(.., a)| a.created).min().unwrap_or(Timestamp::UNIX_EPOCH);
    let day = date(first);
    let title = keyed::shown(&project.title, "Untitled");
    let kept = Some(("title", project.title.clone())).filter(|_| title != project.title);
    let description = kept.map_or_else(String::new, |line| keyed::write("", [line]));
    to.execute("INSERT INTO projects VALUES(1, ?1, ?2, ?3)", params![title, description, day])?;
    let logins: BTreeSet<&str> = project.coders.keys().map(crate::model::CoderId::as_str).chain([ADMIN]).collect();
    for login in logins {
        to.execute("INSERT INTO users(login, created, disabled) VALUES(?1, ?2, 0)", params![login, day])?;
        to.execute("INSERT INTO project_members VALUES(1, ?1, 'ADMIN')", params![login])?;
    }
    let tags = write_tags(to, project)?;
    let mut highlight = 0_i64;
    for (n, article) in project.articles.values().enumerate() {
        let document = n as i64 + 1;
        write_document(to, document, article, &day)?;
        let map = OffsetMap::new(article.text.clone());
        for (coder, coding) in codings_of(project, article) {
            for annotation in coding.in_order() {
                let Some(bytes) = map.bytes(annotation.hull()) else { continue };
                let Some(tag) = tags.get(&annotation.tag) else { continue };
                highlight += 1;
                let (start, end) = (bytes.start.0 as i64, bytes.end.0 as i64);
                let snippet = page::escaped(&annotation.words());
                to.execute(
                    "INSERT INTO highlights VALUES(?1, ?2, ?3, ?4, ?5)",
                    params![highlight, document, start, end, snippet],
                )?;
                to.execute("INSERT INTO highlight_tags VALUES(?1, ?2)", params![highlight, tag])?;
                let payload = serde_json::json!({
                    "type": "highlight_add", "highlight_id": highlight, "start_offset": start, "end_offset": end,
                    "tags": [tag],
                });
                to.execute(
                    "INSERT INTO commands(date, user_login, project_id, document_id, payload)
                     VALUES(?1, ?2, 1, ?3, ?4)",
                    params![date(annotation.created), coder.as_str(), document, payload.to_string()],
                )?;
            }
        }
    }
    Ok(())
}

fn write_tags(to: &Connection, project: &Project) -> Result<BTreeMap<Tag, i64>, rusqlite::Error> {
    let used: BTreeSet<&Tag> = project.annotations().map(|(.., a)| &a.tag).collect();
    let layers: Vec<(Tag, String)> = used
        .into_iter()
        .filter_map(|tag| layer_code(tag).map(|(folder, word)| (tag.clone(), format!("{folder}.{word}"))))
        .collect();
    let taken = layers.iter().map(|(_, path)| path.to_lowercase()).collect();
    let codes = tags::written(&project.codebook, taken);
    let codes = codes.into_iter().map(|(id, path, description)| (Tag::Frame(id), path, description));
    let all = codes.chain(layers.into_iter().map(|(tag, path)| (tag, path, String::new())));
    let mut ids = BTreeMap::new();
    for (n, (tag, path, description)) in all.enumerate() {
        let id = n as i64 + 1;
        to.execute("INSERT INTO tags VALUES(?1, 1, ?2, ?3)", params![id, path, description])?;
        ids.insert(tag, id);
    }
    Ok(ids)
}

fn write_document(to: &Connection, id: i64, article: &Article, day: &str) -> Result<(), rusqlite::Error> {
    let meta = &article.metadata;
    let mut lines = noted::lines(article);
    let mut put = |key, value: Option<String>| lines.extend(value.map(|v| (key, v)));
    put("outlet", Some(meta.outlet.clone()).filter(|o| !o.is_empty()));
    put("authors", (!meta.authors.is_empty()).then(|| serde_json::json!(meta.authors).to_string()));
    put("published", meta.published.clone());
    put("url", meta.url.clone());
    put("language", meta.language.clone());
    put("section", meta.section.clone());
    put("variables", (!meta.variables.is_empty()).then(|| json_of(&meta.variables).to_string()));
    let file = format!("{}.html", article.id);
    to.execute(
        "INSERT INTO documents VALUES(?1, ?2, ?3, ?4, ?5, 1, 'LEFT_TO_RIGHT', ?6)",
        params![id, noted::shown(article), keyed::write("", lines), file, day, page::html(&article.text)],
    )?;
    Ok(())
}
