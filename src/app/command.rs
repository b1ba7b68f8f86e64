//! Everything that can be done in the window. The one source of menu text, tooltip, shortcut, palette entry and
//! accessibility label.

use eframe::egui::{Context, Key, KeyboardShortcut, ModifierNames, Modifiers};

use crate::model::{AnnotationId, ArticleId, CodeId, CoderId, Colour, Layer, Stance, Voice};
use crate::session::Ends;

/// By how much an end is nudged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Character,
    Word,
}

/// One thing to do. Widgets send them; they are carried out once a frame, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    NewProject,
    OpenProject,
    OpenSample,
    ImportArticles,
    /// Asks the desktop for what was copied.
    PasteArticle,
    ExportCorpus,
    SaveNow,
    SaveCopy,
    Backups,
    MergeFolder,
    MergePacked,
    PackProject,
    OpenPacked,
    OpenForWork,
    ChooseCoder,
    Quit,

    Undo,
    Redo,
    Copy,
    SelectAll,

    Palette,
    Shortcuts,
    Welcome,
    Tour,
    ThemeLight,
    ThemeDark,
    ThemeSystem,
    ThemeContrast,
    LargerText,
    SmallerText,
    StandardText,
    ShowEntities,
    ShowQuotations,
    ShowClaims,
    ShowFrames,
    ShowSuggestions,
    /// The codings of other coders.
    ShowOthers,
    ParagraphNumbers,
    Settings,
    NextPane,

    NextArticle,
    PreviousArticle,
    FilterArticles,
    /// The page.
    Read,
    /// The concordance.
    Find,
    NextUncoded,
    NextDisagreement,
    SetPlace,
    NextPlace,
    GoBack,

    GrowSelection,
    ShrinkSelection,
    PickCode,
    RepeatCode,
    NewCode,
    MarkQuotation,
    MarkClaim,
    MarkPerson,
    MarkOrganisation,
    MarkPlace,
    NextCoding,
    PreviousCoding,
    DeleteCoding,
    EditMemo,
    Nudge(Ends, By, Right),
    NothingFound,
    FinishArticle,
    CorrectText,
    CodeToo,
    InVivo,
    Brush,
    SplitCoding,
    JoinCodings,
    AddStretch,
    DropStretch,
    TagOccurrences,

    NextSuggestion,
    PreviousSuggestion,
    AcceptSuggestion,
    RejectSuggestion,
    BlindMode,

    // What follows carries what it is about and is sent by the widget at hand.
    OpenArticle(ArticleId),
    ApplyCode(CodeId),
    CodeAs(CoderId),
    CodeAsNamed(String),
    RenameCoder(String),
    Set(AnnotationId, Change),
    AddCode {
        name: String,
        parent: Option<CodeId>,
        apply: bool,
    },
    RenameCode(CodeId, String),
    RecolourCode(CodeId, Colour),
    SetShortcut(CodeId, Option<char>),
    DefineCode(CodeId, Definition),
    EditCode(CodeId),
    NestCode(CodeId, Option<CodeId>),
    AskDeleteCode(CodeId),
    DeleteCode(CodeId),
    SelectRange(crate::text::CharSpan),
    SetText(ArticleId, String),
    FindCodingsAgain,
    PutTextBack,
    PlaceOrphan(AnnotationId),
    DeleteOrphan(AnnotationId),
    /// Goes to a place that was found.
    ReadAt(ArticleId, crate::text::CharSpan),
    /// Another code on the words of the selected coding.
    CodeTooWith(CodeId),
    /// What is selected from now on gets this code; `None`: no more.
    BrushWith(Option<CodeId>),
}

/// Whether a nudge goes to the right.
pub type Right = bool;

/// A change of the selected coding.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    Code(CodeId),
    Voice(Voice),
    Speaker(String),
    Target(String),
    Stance(Option<Stance>),
    Intensity(Option<u8>),
    Negated(bool),
    Memo(String),
}

/// What a code means, as the codebook's form gives it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Definition {
    pub definition: String,
    pub use_when: String,
    pub not_when: String,
    pub examples: Vec<String>,
}

/// The menu a command stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    Project,
    Edit,
    View,
    Coding,
    Suggestions,
    Help,
}

impl Menu {
    pub const ALL: [Self; 6] = [Self::Project, Self::Edit, Self::View, Self::Coding, Self::Suggestions, Self::Help];

    pub fn title(self) -> &'static str {
        match self {
            Self::Project => "Project",
            Self::Edit => "Edit",
            Self::View => "View",
            Self::Coding => "Coding",
            Self::Suggestions => "Suggestions",
            Self::Help => "Help",
        }
    }
}

/// What people see and press for a command.
#[derive(Clone, Debug)]
pub struct Face {
    pub command: Command,
    pub menu: Menu,
    /// The text of menu, palette and accessibility tree.
    pub title: &'static str,
    /// One sentence more.
    pub tooltip: &'static str,
    pub shortcuts: Vec<KeyboardShortcut>,
    /// A line is drawn above it in its menu.
    pub starts_group: bool,
}

const fn key(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}

const fn shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::SHIFT, key)
}

const fn command(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

const fn command_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key)
}

const fn alt(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::ALT, key)
}

const fn alt_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::ALT.plus(Modifiers::SHIFT), key)
}

const fn command_alt(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::ALT), key)
}

const fn command_alt_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::ALT).plus(Modifiers::SHIFT), key)
}

/// Every command that stands in a menu, in the menus' order.
pub fn faces() -> Vec<Face> {
    use By::{Character, Word};
    use Command as C;
    use Ends::{End, Start};
    let mut faces: Vec<Face> = Vec::new();
    let mut menu = Menu::Project;
    let mut group = false;
    let mut add = |command, title, tooltip, shortcuts: &[KeyboardShortcut], m: Menu, starts: bool| {
        let starts_group = (starts || group) && m == menu;
        menu = m;
        group = false;
        faces.push(Face { command, menu: m, title, tooltip, shortcuts: shortcuts.to_vec(), starts_group });
    };
    let m = Menu::Project;
    add(C::NewProject, "New project…", "Make a new, empty project folder", &[command(Key::N)], m, false);
    add(C::OpenProject, "Open project…", "Open a project folder", &[command(Key::O)], m, false);
    add(
        C::OpenPacked,
        "Open a packed project…",
        "Unpack a .framelens file into a folder, and open that",
        &[],
        m,
        false,
    );
    add(
        C::OpenForWork,
        "Try to open it for work",
        "This project is open for reading only; see whether it can be worked on now",
        &[],
        m,
        false,
    );
    add(
        C::OpenSample,
        "Open the sample project",
        "Ten short articles in which three outlets report one party purge; what you did in it before is still there",
        &[],
        m,
        false,
    );
    add(C::ImportArticles, "Import articles…", "Read articles from files of any kind", &[command(Key::I)], m, true);
    add(
        C::PasteArticle,
        "Import from the clipboard",
        "Read what was copied as an article; Ctrl+V on the page",
        &[],
        m,
        true,
    );
    add(C::ExportCorpus, "Export…", "Write articles and codings for other programs", &[command(Key::E)], m, false);
    add(
        C::PackProject,
        "Pack into one file…",
        "The whole project in one file, to send it; with or without the articles’ texts",
        &[],
        m,
        false,
    );
    add(
        C::MergeFolder,
        "Merge another project…",
        "Bring another copy of this project, or another coder’s, into this one; you see first what comes",
        &[],
        m,
        true,
    );
    add(C::MergePacked, "Merge a packed project…", "As above, from a .framelens file", &[], m, false);
    add(
        C::SaveNow,
        "Save now",
        "Changes are saved by themselves; this does not wait for the pause",
        &[command(Key::S)],
        m,
        true,
    );
    add(
        C::SaveCopy,
        "Save a copy…",
        "Write the whole project into a new folder and go on there",
        &[command_shift(Key::S)],
        m,
        false,
    );
    add(
        C::Backups,
        "Backups…",
        "The copies of this project’s past: make one, go back to one, say how many are kept",
        &[],
        m,
        false,
    );
    add(C::ChooseCoder, "Who is coding…", "Choose or add the coder whose work this is", &[], m, true);
    add(C::Quit, "Quit", "Save and close", &[command(Key::Q)], m, true);
    let m = Menu::Edit;
    add(C::Undo, "Undo", "Take back the last step", &[command(Key::Z)], m, false);
    add(C::Redo, "Redo", "Do again what was undone", &[command_shift(Key::Z), command(Key::Y)], m, false);
    add(C::Copy, "Copy", "Copy the selected words", &[command(Key::C)], m, true);
    add(C::SelectAll, "Select the whole article", "", &[command(Key::A)], m, false);
    let m = Menu::View;
    add(C::ThemeLight, "Light", "Light paper", &[], m, false);
    add(C::ThemeDark, "Dark", "Dark paper", &[], m, false);
    add(C::ThemeSystem, "As the system", "Light or dark as the desktop is", &[], m, false);
    add(C::ThemeContrast, "High contrast", "Black on white, and nothing pale", &[], m, false);
    add(C::LargerText, "Larger text", "", &[command(Key::Plus), command(Key::Equals)], m, true);
    add(C::SmallerText, "Smaller text", "", &[command(Key::Minus)], m, false);
    add(C::StandardText, "Standard text", "", &[command(Key::Num0)], m, false);
    add(C::ShowEntities, "Entities", "Show or hide names", &[alt(Key::Num1)], m, true);
    add(C::ShowQuotations, "Quotations", "Show or hide quotations and their speakers", &[alt(Key::Num2)], m, false);
    add(C::ShowClaims, "Claims", "Show or hide check-worthy claims", &[alt(Key::Num3)], m, false);
    add(C::ShowFrames, "Frames", "Show or hide frame codes", &[alt(Key::Num4)], m, false);
    add(
        C::ShowSuggestions,
        "Frame suggestions",
        "Show or hide what the detector proposes to code",
        &[alt(Key::Num5)],
        m,
        false,
    );
    add(
        C::ShowOthers,
        "Other coders’ codings",
        "Show or hide, hollow under the line, what others have coded here; never while you code blind",
        &[alt(Key::Num6)],
        m,
        false,
    );
    add(C::ParagraphNumbers, "Paragraph numbers", "Count the paragraphs of the body in the margin", &[], m, false);
    add(C::NextArticle, "Next article", "", &[command(Key::PageDown), key(Key::J)], m, true);
    add(C::PreviousArticle, "Previous article", "", &[command(Key::PageUp), key(Key::K)], m, false);
    add(C::FilterArticles, "Filter articles", "Go to the filter of the article list", &[command(Key::F)], m, false);
    add(C::Read, "Read", "The page", &[], m, true);
    add(
        C::Find,
        "Find in all articles…",
        "Words, phrases and expressions in all texts, each with what stands around it",
        &[command_shift(Key::F)],
        m,
        false,
    );
    add(
        C::NextUncoded,
        "Next paragraph without a coding",
        "The next paragraph that you have neither coded nor marked as read",
        &[shift(Key::U)],
        m,
        true,
    );
    add(
        C::NextDisagreement,
        "Next disagreement",
        "The next passage that one coder of this article has coded and another one has not, or otherwise",
        &[shift(Key::D)],
        m,
        false,
    );
    add(
        C::SetPlace,
        "Mark this place",
        "Put a bookmark at the caret, or take it away; it is yours, and no part of the project",
        &[shift(Key::M)],
        m,
        false,
    );
    add(
        C::NextPlace,
        "Next marked place",
        "Go to the next bookmark, in whichever article",
        &[key(Key::Quote)],
        m,
        false,
    );
    add(C::GoBack, "Go back", "To where you were before the last jump", &[key(Key::Backtick)], m, false);
    add(
        C::NextPane,
        "Next pane",
        "Move the keyboard from the list to the page, the codebook and back",
        &[key(Key::F6)],
        m,
        false,
    );
    let m = Menu::Coding;
    add(
        C::PickCode,
        "Code with…",
        "Choose a code for the selected words, or make one",
        &[key(Key::C), key(Key::Enter)],
        m,
        false,
    );
    add(C::RepeatCode, "Repeat the last code", "", &[key(Key::Period)], m, false);
    add(
        C::CodeToo,
        "Another code on the same words…",
        "Keep the selected coding, and put one more code on exactly its words",
        &[shift(Key::A)],
        m,
        false,
    );
    add(
        C::InVivo,
        "Code in vivo",
        "Make a code that is called as the selected words are, and put it on them",
        &[shift(Key::I)],
        m,
        false,
    );
    add(
        C::Brush,
        "Brush: code what I select…",
        "Choose a code first; every selection gets it, until Esc",
        &[shift(Key::B)],
        m,
        false,
    );
    add(
        C::TagOccurrences,
        "Tag all occurrences…",
        "Find the selected words wherever they stand, see them, and put one code on those that are ticked",
        &[shift(Key::G)],
        m,
        false,
    );
    add(C::NewCode, "New code…", "Add a code to the codebook", &[command_shift(Key::N)], m, false);
    add(C::GrowSelection, "Grow the selection", "Word, phrase, sentence, paragraph", &[key(Key::W)], m, true);
    add(C::ShrinkSelection, "Shrink the selection", "", &[shift(Key::W)], m, false);
    add(C::MarkQuotation, "Mark as a quotation", "", &[shift(Key::Q)], m, true);
    add(C::MarkClaim, "Mark as a claim", "", &[shift(Key::C)], m, false);
    add(C::MarkPerson, "Mark as a person", "", &[shift(Key::P)], m, false);
    add(C::MarkOrganisation, "Mark as an organisation", "", &[shift(Key::O)], m, false);
    add(C::MarkPlace, "Mark as a place", "", &[shift(Key::L)], m, false);
    add(C::NextCoding, "Next coding", "", &[key(Key::CloseBracket)], m, true);
    add(C::PreviousCoding, "Previous coding", "", &[key(Key::OpenBracket)], m, false);
    add(
        C::SplitCoding,
        "Cut the coding here",
        "Make two of the selected coding, at the caret",
        &[shift(Key::S)],
        m,
        false,
    );
    add(
        C::JoinCodings,
        "Join with the nearest",
        "Make one of the selected coding and the nearest one with the same code",
        &[shift(Key::J)],
        m,
        false,
    );
    add(
        C::AddStretch,
        "Add the selection to the coding",
        "The coding you last looked at then also covers the selected words, wherever they stand",
        &[shift(Key::T)],
        m,
        false,
    );
    add(
        C::DropStretch,
        "Take this stretch out of the coding",
        "Of a coding with several stretches, the one at the caret",
        &[shift(Key::X)],
        m,
        false,
    );
    add(C::EditMemo, "Write a memo", "On the selected coding", &[key(Key::M)], m, false);
    add(C::DeleteCoding, "Delete the coding", "", &[key(Key::Delete), key(Key::Backspace)], m, false);
    add(C::Nudge(Start, Character, false), "Start one letter left", "", &[alt_shift(Key::ArrowLeft)], m, true);
    add(C::Nudge(Start, Character, true), "Start one letter right", "", &[alt_shift(Key::ArrowRight)], m, false);
    add(C::Nudge(End, Character, false), "End one letter left", "", &[alt(Key::ArrowLeft)], m, false);
    add(C::Nudge(End, Character, true), "End one letter right", "", &[alt(Key::ArrowRight)], m, false);
    add(C::Nudge(Start, Word, false), "Start one word left", "", &[command_alt_shift(Key::ArrowLeft)], m, false);
    add(C::Nudge(Start, Word, true), "Start one word right", "", &[command_alt_shift(Key::ArrowRight)], m, false);
    add(C::Nudge(End, Word, false), "End one word left", "", &[command_alt(Key::ArrowLeft)], m, false);
    add(C::Nudge(End, Word, true), "End one word right", "", &[command_alt(Key::ArrowRight)], m, false);
    add(
        C::NothingFound,
        "Read, nothing found",
        "Say that this paragraph, the selection, or (all selected) the article holds nothing to code",
        &[key(Key::N)],
        m,
        true,
    );
    add(
        C::FinishArticle,
        "Article finished",
        "Say, or take back, that you are done with this article",
        &[shift(Key::F)],
        m,
        false,
    );
    add(
        C::CorrectText,
        "Correct the text…",
        "Mend what a scan or an import got wrong; everybody’s codings stay with their words",
        &[],
        m,
        true,
    );
    let m = Menu::Suggestions;
    add(C::NextSuggestion, "Next suggestion", "", &[key(Key::Tab)], m, false);
    add(C::PreviousSuggestion, "Previous suggestion", "", &[shift(Key::Tab)], m, false);
    add(C::AcceptSuggestion, "Accept", "Make a coding of the suggestion", &[key(Key::Enter)], m, false);
    add(C::RejectSuggestion, "Reject", "Set the suggestion aside for good", &[key(Key::X)], m, false);
    add(C::BlindMode, "Blind: hide all suggestions", "For the whole project", &[], m, true);
    let m = Menu::Help;
    add(C::Welcome, "Welcome…", "The sample, a new project, or one that was open lately", &[], m, false);
    add(C::Tour, "Take the tour", "Five steps, each done by doing it", &[], m, false);
    add(C::Settings, "Settings…", "Type, page, theme, scale and keys", &[command(Key::Comma)], m, true);
    add(C::Palette, "Find a command…", "Commands, codes and articles by a few letters", &[command(Key::K)], m, false);
    add(C::Shortcuts, "Keys", "Every key on one sheet", &[key(Key::Questionmark), key(Key::F1)], m, false);
    faces
}

/// The commands that may share a key with another, because the state of the window decides between them: Enter
/// accepts the suggestion that is selected, and else opens the code picker.
pub fn yields_to(command: &Command) -> Option<Command> {
    matches!(command, Command::PickCode).then_some(Command::AcceptSuggestion)
}

/// Whether a command is about the words, the codings or the suggestions on the page, and does nothing while another view
/// stands in its place.
pub fn is_of_page(command: &Command) -> bool {
    matches!(
        command,
        Command::GrowSelection
            | Command::ShrinkSelection
            | Command::MarkQuotation
            | Command::MarkClaim
            | Command::MarkPerson
            | Command::MarkOrganisation
            | Command::MarkPlace
            | Command::NextCoding
            | Command::PreviousCoding
            | Command::DeleteCoding
            | Command::EditMemo
            | Command::Nudge(..)
            | Command::NothingFound
            | Command::CodeToo
            | Command::InVivo
            | Command::Brush
            | Command::SplitCoding
            | Command::JoinCodings
            | Command::AddStretch
            | Command::DropStretch
            | Command::TagOccurrences
            | Command::NextSuggestion
            | Command::PreviousSuggestion
            | Command::AcceptSuggestion
            | Command::RejectSuggestion
            | Command::NextUncoded
            | Command::NextDisagreement
            | Command::SetPlace
    )
}

/// The layer that a command shows or hides.
pub fn layer_of(command: &Command) -> Option<Layer> {
    match command {
        Command::ShowEntities => Some(Layer::Entity),
        Command::ShowQuotations => Some(Layer::Quote),
        Command::ShowClaims => Some(Layer::Claim),
        Command::ShowFrames => Some(Layer::Frame),
        _ => None,
    }
}

/// A shortcut in words: `Ctrl+K`, or `⌘K` on a Mac.
pub fn key_name(ctx: &Context, shortcut: &KeyboardShortcut) -> String {
    let mac = ctx.os() == eframe::egui::os::OperatingSystem::Mac;
    let name = match (shortcut.modifiers.is_none(), shortcut.logical_key) {
        (true, Key::Questionmark) => return "?".to_owned(),
        (true, Key::OpenBracket) => return "[".to_owned(),
        (true, Key::CloseBracket) => return "]".to_owned(),
        _ => shortcut.format(&ModifierNames::NAMES, mac),
    };
    let signs = [
        ("ArrowLeft", "Left"),
        ("ArrowRight", "Right"),
        ("Enter", "↵"),
        ("Period", "."),
        ("Comma", ","),
        ("Quote", "'"),
        ("Backtick", "`"),
        ("Equals", "="),
        ("Minus", "−"),
        ("Plus", "+"),
    ];
    match signs.iter().find(|(word, _)| name.ends_with(word)) {
        Some((word, sign)) => name.replace(word, sign),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn no_two_commands_share_a_key() {
        let mut taken: BTreeMap<String, Command> = BTreeMap::new();
        for face in faces() {
            for shortcut in &face.shortcuts {
                let name = format!("{shortcut:?}");
                if let Some(other) = taken.insert(name.clone(), face.command.clone()) {
                    assert!(
                        yields_to(&face.command) == Some(other.clone())
                            || yields_to(&other) == Some(face.command.clone()),
                        "{name}: {other:?} and {:?}",
                        face.command
                    );
                }
            }
        }
    }

    #[test]
    fn every_command_has_a_title_of_its_own() {
        let mut titles: Vec<_> = faces().iter().map(|f| (f.menu.title(), f.title)).collect();
        let count = titles.len();
        titles.sort_unstable();
        titles.dedup();
        assert_eq!(titles.len(), count);
    }
}
