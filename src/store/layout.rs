//! Which files a project has, and what stands in them: the same in a folder and in a file to send.

use std::path::{Path, PathBuf};

use super::files::{ArticleFile, CodebookFile, CodingFile, EntitiesFile, ProjectFile};
use super::{MARK, everything};
use crate::edit::Touched;
use crate::model::{ArticleId, CoderId, Project};

/// What stands in a file.
#[derive(Debug)]
pub enum Content<'a> {
    /// An article's text.
    Text(&'a str),
    Ron(String),
}

impl AsRef<[u8]> for Content<'_> {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Ron(ron) => ron.as_bytes(),
        }
    }
}

/// The files that a part of the project is kept in, in the order in which they are safely written (a text before what is
/// known of it), with what belongs in each. `None`: there should be no such file.
pub fn files_of<'a>(project: &'a Project, touched: &Touched) -> Vec<(PathBuf, Option<Content<'a>>)> {
    let mut roles = roles_of(touched);
    if let Touched::Article(id) = touched
        && !project.articles.contains_key(id)
    {
        // What goes, goes the other way round.
        roles.reverse();
    }
    roles.into_iter().map(|role| (role.path(), role.content(project))).collect()
}

fn roles_of(touched: &Touched) -> Vec<Role> {
    match touched {
        Touched::Project => vec![Role::Project],
        Touched::Codebook => vec![Role::Codebook],
        Touched::Entities => vec![Role::Entities],
        Touched::Article(id) => vec![Role::Text(id.clone()), Role::Article(id.clone())],
        Touched::Coding(coder, article) => vec![Role::Coding(coder.clone(), article.clone())],
    }
}

/// Every file of a project by its name within it, with `/`, in the order of the names. What stands in a file is made when
/// its turn comes, so that a large project is never held twice.
pub fn all_files(project: &Project) -> impl Iterator<Item = (String, Role, Content<'_>)> {
    let roles = everything(project).into_iter().flat_map(|touched| roles_of(&touched));
    let mut names: Vec<_> = roles.map(|role| (name_of(&role.path()), role)).collect();
    names.sort_by(|a, b| a.0.cmp(&b.0));
    names.into_iter().filter_map(|(name, role)| {
        let content = role.content(project)?;
        Some((name, role, content))
    })
}

/// A path within a project as its name there, with `/` on every system.
pub fn name_of(path: &Path) -> String {
    path.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// What a file of a project is, by its name within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    Project,
    Codebook,
    Entities,
    Text(ArticleId),
    Article(ArticleId),
    Coding(CoderId, ArticleId),
}

impl Role {
    /// Where the file is within the project.
    pub fn path(&self) -> PathBuf {
        match self {
            Self::Project => PathBuf::from(MARK),
            Self::Codebook => PathBuf::from("codebook.ron"),
            Self::Entities => PathBuf::from("entities.ron"),
            Self::Text(id) => Path::new("articles").join(format!("{id}.txt")),
            Self::Article(id) => Path::new("articles").join(format!("{id}.ron")),
            Self::Coding(coder, article) => Path::new("coding").join(coder.as_str()).join(format!("{article}.ron")),
        }
    }

    /// What belongs in the file; `None` where there should be none.
    pub fn content<'a>(&self, project: &'a Project) -> Option<Content<'a>> {
        let ron = match self {
            Self::Project => Some(ProjectFile::of(project).to_ron()),
            Self::Codebook => Some(CodebookFile::of(&project.codebook).to_ron()),
            Self::Entities => (!project.entities.is_empty()).then(|| EntitiesFile::of(&project.entities).to_ron()),
            Self::Text(id) => return project.articles.get(id).map(|article| Content::Text(&article.text)),
            Self::Article(id) => project.articles.get(id).map(|article| ArticleFile::of(article).to_ron()),
            Self::Coding(coder, article) => {
                project.coding(coder, article).map(|coding| CodingFile::of(coder, article, coding).to_ron())
            }
        };
        ron.map(Content::Ron)
    }

    /// The role of the file with this name; `None` where a project holds no such file. Whatever passes here is safe as a
    /// path within a folder, on every system: ids hold nothing but small letters, digits and `-`.
    pub fn of(name: &str) -> Option<Self> {
        let parts: Vec<&str> = name.split('/').collect();
        match parts[..] {
            [MARK] => Some(Self::Project),
            ["codebook.ron"] => Some(Self::Codebook),
            ["entities.ron"] => Some(Self::Entities),
            ["articles", file] => match file.split_once('.')? {
                (id, "txt") => id.parse().ok().map(Self::Text),
                (id, "ron") => id.parse().ok().map(Self::Article),
                _ => None,
            },
            ["coding", coder, file] => {
                let article = file.strip_suffix(".ron")?.parse().ok()?;
                Some(Self::Coding(coder.parse().ok()?, article))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_projects_own_names_have_a_role() {
        for good in
            ["project.ron", "codebook.ron", "entities.ron", "articles/a-1.txt", "articles/a.ron", "coding/jl/a.ron"]
        {
            assert!(Role::of(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "/project.ron",
            "./project.ron",
            "Project.ron",
            "project.ron/",
            "articles/../project.ron",
            "articles/a.b.txt",
            "articles/A.txt",
            "articles/con.txt",
            "articles\\a.txt",
            "articles//a.txt",
            "articles/a.txt:stream",
            "C:articles/a.txt",
            "coding/jl/a.txt",
            "coding/../a.ron",
            "coding/a.ron",
            "coding/jl/x/a.ron",
            "articles/a.txt\0",
        ] {
            assert_eq!(Role::of(bad), None, "{bad}");
        }
    }
}
