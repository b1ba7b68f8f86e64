//! brat, WebAnno TSV and SemEval: what is written, to the letter, and what other programs write.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use framelens::exchange::{
    Bundle, ExchangeError, Joined, Problem, Reading, Report, Selection, Sink, format, prepare, read, recognise,
};
use framelens::model::{
    Annotation, AnnotationId, Article, Code, CodeId, Coder, CoderId, Coding, Colour, EntityKind, Metadata, Origin,
    Party, Project, Relation, RelationEnd, RelationId, Source, Tag, Voice,
};
use framelens::text::{CharSpan, OffsetMap};
use jiff::Timestamp;
use uuid::Uuid;

const TEXT: &str = "The harbour purge\n“Witch 🐟 hunt,” Vera Loach said.\n";

fn id(n: u64) -> AnnotationId {
    AnnotationId(Uuid::from_u64_pair(1, n))
}

fn mark(n: u64, tag: Tag, words: &[&str]) -> Annotation {
    let map = OffsetMap::new(TEXT);
    let place = |words: &&str| {
        let start = TEXT[..TEXT.find(*words).unwrap()].chars().count();
        CharSpan::chars(start, start + words.chars().count())
    };
    let mut new = Annotation {
        id: id(n),
        tag,
        spans: Vec::new(),
        anchors: Vec::new(),
        attributes: Default::default(),
        memo: String::new(),
        origin: Origin::Hand,
        code_revision: 0,
        created: Timestamp::UNIX_EPOCH,
        changed: Timestamp::UNIX_EPOCH,
    };
    assert!(new.place(&map, words.iter().map(place).collect()));
    new
}

/// An article with three annotations and a line by one coder, or the same and one more by two.
fn project(coders: &[&str]) -> Project {
    let mut project = Project::new("Harbour");
    let code: CodeId = "witch-hunt".parse().unwrap();
    let parent: CodeId = "conflict".parse().unwrap();
    let conflict = Code::new(parent.clone(), "Conflict", Colour::Palette(0));
    project.codebook.codes.insert(parent.clone(), conflict);
    let hunt = Code { parent: Some(parent), ..Code::new(code.clone(), "Witch | hunt", Colour::Palette(1)) };
    project.codebook.codes.insert(code.clone(), hunt);
    let article = Article::new(TEXT, Metadata::default(), vec![], Source::default());
    for (n, coder) in coders.iter().enumerate() {
        let n = n as u64 * 10;
        let mut hunt = mark(n + 1, Tag::Frame(code.clone()), &["Witch", "hunt"]);
        hunt.attributes.voice = Some(Voice::Quoted);
        hunt.attributes.speaker = Party::named("Vera Loach");
        hunt.attributes.intensity = Some(2);
        hunt.attributes.negated = true;
        hunt.memo = "Whose hunt?\nAsk [her].".to_owned();
        let purge = mark(n + 2, Tag::Frame("conflict".parse().unwrap()), &["purge\n“Witch"]);
        let vera = mark(n + 3, Tag::Entity(EntityKind::Person), &["Vera Loach"]);
        let relation = Relation {
            id: RelationId(Uuid::from_u64_pair(2, n)),
            kind: "is said by".to_owned(),
            from: id(n + 1),
            to: RelationEnd::Annotation(id(n + 3)),
        };
        let coding = Coding {
            annotations: [hunt, purge, vera].into_iter().map(|a| (a.id, Arc::new(a))).collect(),
            relations: BTreeMap::from([(relation.id, relation)]),
            ..Coding::default()
        };
        let coder: CoderId = coder.parse().unwrap();
        project.coders.insert(coder.clone(), Coder { name: coder.to_string(), id: coder.clone() });
        project.codings.insert((coder, article.id.clone()), Arc::new(coding));
    }
    project.articles.insert(article.id.clone(), Arc::new(article));
    assert_eq!(project.faults(), vec![]);
    project
}

fn written(project: &Project, name: &str) -> BTreeMap<String, Vec<u8>> {
    let format = format(name).unwrap();
    let (reduced, _) = prepare(project, &Selection::default(), format);
    let mut files = BTreeMap::new();
    format.write(&reduced, &mut Sink::memory(&mut files, &mut |_| true)).unwrap();
    files
}

fn text<'a>(files: &'a BTreeMap<String, Vec<u8>>, name: &str) -> &'a str {
    let found = files.iter().find(|(file, _)| file.ends_with(name)).unwrap_or_else(|| panic!("{:?}", files.keys()));
    std::str::from_utf8(found.1).unwrap()
}

fn has_ending(name: &str, ending: &str) -> bool {
    Path::new(name).extension().is_some_and(|e| e == ending)
}

fn reading() -> Reading {
    Reading { coder: "Mara".to_owned(), now: Timestamp::UNIX_EPOCH }
}

fn back(known: &Project, files: BTreeMap<String, Vec<u8>>, name: &str) -> Result<Joined, Problem> {
    let joined = read(known, &Bundle::folder("corpus", files), format(name).unwrap(), &reading())?;
    assert_eq!(joined.project.faults(), vec![]);
    Ok(joined)
}

fn files(all: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
    all.iter().map(|(name, content)| ((*name).to_owned(), content.as_bytes().to_vec())).collect()
}

/// What is read of foreign files: label, words, attributes; sorted.
fn said(project: &Project) -> Vec<String> {
    let mut out: Vec<String> = project
        .annotations()
        .map(|(coder, _, a)| {
            let label = a.tag.code().map_or_else(|| a.tag.word().to_owned(), |code| project.codebook.path(code));
            let custom: Vec<String> = a.attributes.custom.iter().map(|(k, v)| format!("{k}={v}")).collect();
            format!("{coder}: {label}: {} [{}] {}", a.words(), custom.join(", "), a.memo).trim_end().to_owned()
        })
        .collect();
    out.sort();
    out
}

fn lines(project: &Project) -> Vec<String> {
    let words: BTreeMap<AnnotationId, String> = project.annotations().map(|(_, _, a)| (a.id, a.words())).collect();
    let mut out: Vec<String> = project
        .codings
        .values()
        .flat_map(|c| c.relations.values())
        .map(|r| match r.to {
            RelationEnd::Annotation(to) => format!("{}: {} → {}", r.kind, words[&r.from], words[&to]),
            RelationEnd::Entity(_) => r.kind.clone(),
        })
        .collect();
    out.sort();
    out
}

#[test]
fn brat_is_written_to_the_letter() {
    let files = written(&project(&["ada"]), "brat");
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    let stem = names[2].strip_suffix(".ann").unwrap();
    let both = [format!("{stem}.ann"), format!("{stem}.txt")];
    assert_eq!(names, ["annotation.conf", "framelens.json", &both[0], &both[1], "visual.conf"]);
    assert_eq!(text(&files, ".txt"), TEXT);
    let ours = |n: u64, more: &str| {
        let code = if n == 3 { "" } else { r#","code_revision":"0""# };
        format!(
            r#"{{"changed":"1970-01-01T00:00:00Z"{code},"coder":"ada","created":"1970-01-01T00:00:00Z","id":"{}"{more},"origin":"hand"}}"#,
            id(n)
        )
    };
    let expected = format!(
        "T1\tconflict 12 24\tpurge “Witch\n\
         #1\tFramelens T1\t{}\n\
         T2\twitch-hunt 19 24;27 31\tWitch hunt\n\
         A1\tVoice T2 quoted\n\
         A2\tIntensity T2 2\n\
         A3\tNegated T2\n\
         #2\tAnnotatorNotes T2\tWhose hunt? Ask [her].\n\
         #3\tSpeaker T2\tVera Loach\n\
         #4\tFramelens T2\t{}\n\
         T3\tPERSON 34 44\tVera Loach\n\
         #5\tFramelens T3\t{}\n\
         R1\tis_said_by Arg1:T2 Arg2:T3\t\n\
         #6\tFramelens R1\t{{\"as\":\"is_said_by\",\"id\":\"00000000-0000-0002-0000-000000000000\",\"kind\":\"is said by\"}}\n",
        ours(2, ""),
        ours(1, r#","memo":"Whose hunt?\nAsk [her].""#),
        ours(3, ""),
    );
    assert_eq!(text(&files, ".ann"), expected);
    let conf = text(&files, "annotation.conf");
    assert!(conf.contains("[entities]\n\nconflict\n\twitch-hunt\n!_names\n\tPERSON\n"), "{conf}");
    assert!(conf.contains("[relations]\n\nis_said_by\tArg1:<ENTITY>, Arg2:<ENTITY>\n\n[events]\n"), "{conf}");
    assert!(conf.contains("Voice\tArg:<ENTITY>, Value:outlet|quoted|reported|scare|headline|name\n"), "{conf}");
    assert!(conf.ends_with("Negated\tArg:<ENTITY>\n"), "{conf}");
    let visual = text(&files, "visual.conf");
    assert!(visual.contains("[labels]\n\nconflict | Conflict\nwitch-hunt | Witch / hunt\n"), "{visual}");
}

#[test]
fn two_coders_have_a_folder_each() {
    let project = project(&["ada", "ben"]);
    let files = written(&project, "brat");
    let folders: BTreeSet<&str> = files.keys().filter_map(|f| f.split_once('/').map(|(folder, _)| folder)).collect();
    assert_eq!(folders, BTreeSet::from(["ada", "ben"]));
    assert_eq!(back(&project, files, "brat").unwrap().project, project);
}

#[test]
fn what_was_changed_in_brat_comes_home() {
    let project = project(&["ada"]);
    let mut files = written(&project, "brat");
    let ann = files.keys().find(|f| has_ending(f, "ann")).unwrap().clone();
    let changed = text(&files, ".ann")
        .replace("Voice T2 quoted", "Voice T2 scare")
        .replace("Whose hunt? Ask [her].\n", "Hers.\n")
        .replace("A3\tNegated T2\n", "")
        .replace("T1\tconflict 12 24\tpurge “Witch", "T1\tconflict 12 17\tpurge");
    files.insert(ann, (changed + "T9\twitch-hunt 4 11\tharbour\n").into_bytes());
    let visual = text(&files, "visual.conf").replace("| Conflict", "| Strife");
    files.insert("visual.conf".to_owned(), visual.into_bytes());
    let Joined { project: new, report } = back(&project, files, "brat").unwrap();
    let (coder, article) = project.codings.keys().next().unwrap();
    let hunt = new.annotation(coder, article, id(1)).unwrap();
    assert_eq!((hunt.attributes.voice, hunt.attributes.negated), (Some(Voice::Scare), false));
    assert_eq!((hunt.memo.as_str(), hunt.attributes.speaker.clone()), ("Hers.", Party::named("Vera Loach")));
    assert_eq!(new.annotation(coder, article, id(2)).unwrap().words(), "purge");
    assert_eq!(new.codebook.get(&"conflict".parse().unwrap()).unwrap().name, "Strife");
    assert_eq!(new.codebook.get(&"witch-hunt".parse().unwrap()).unwrap().name, "Witch | hunt");
    let counts = (report.new_annotations, report.changed_annotations, report.same_annotations, report.changed_codes);
    assert_eq!((counts, report.told), ((1, 2, 1, 1), vec![]));
}

#[test]
fn a_copy_for_somebody_else_is_somebody_elses() {
    let project = project(&["ada"]);
    let mut files = written(&project, "brat");
    for (name, content) in files.clone() {
        if has_ending(&name, "txt") || has_ending(&name, "ann") {
            files.insert(format!("ben/{name}"), content);
        }
    }
    let Joined { project: new, report } = back(&project, files, "brat").unwrap();
    assert_eq!((report.new_annotations, report.same_annotations, report.new_coders), (3, 3, 1));
    assert_eq!(
        new.coding(&"ben".parse().unwrap(), project.articles.keys().next().unwrap()).unwrap().relations.len(),
        1
    );
}

#[test]
fn what_others_write_in_brat() {
    let conf = "[entities]\nPER\n!Thing\n\tShip\n[relations]\n[events]\nSay\tWho:PER\n[attributes]\n";
    let ann = "T1\tPER 0 4\tVera\r\n\
        T2\tSay 5 9\tsaid\n\
        T3\tShip 14 18;24 28\tboat sank\n\
        E1\tSay:T2 Who:T1 What:E2\n\
        E2\tSay:T2\n\
        R1\tOwns Arg1:T1 Arg2:T3\t\n\
        *\tAlias T1 T3\n\
        A1\tNegation E1\n\
        A2\tConfidence T3 High\n\
        N1\tReference T1 Register:17\tVera Loach\n\
        #1\tAnnotatorNotes T3\tone\n\
        #2\tAnnotatorNotes T3\ttwo\n\
        #3\tAnnotatorNotes R1\tlost\n\
        Q1\tno such line\n\
        \n";
    let all = files(&[
        ("annotation.conf", conf),
        ("visual.conf", "[labels]\nShip | Ship, any | S\n"),
        ("news/one.txt", "Vera said the boat \u{1f6a2} sinks sank\n"),
        ("news/one.ann", &ann.replace("24 28", "27 31")),
        ("news/two.ann", "T1\tPER 0 1\tx\n"),
    ]);
    let bundle = Bundle::folder("corpus", all.clone());
    assert_eq!(recognise(&bundle).unwrap().name(), "brat");
    let Joined { project, report } = back(&Project::new(""), all, "brat").unwrap();
    assert_eq!(
        said(&project),
        [
            "mara: PERSON: Vera [Reference=Register:17 Vera Loach, label=PER]",
            "mara: Say: said [Negation=yes]",
            "mara: Say: said []",
            "mara: Thing / Ship, any: boat … sank [Confidence=High] one\ntwo",
        ]
    );
    assert_eq!(
        lines(&project),
        ["Alias: Vera → boat … sank", "Owns: Vera → boat … sank", "What: said → said", "Who: said → Vera"]
    );
    assert_eq!(
        report.told,
        [
            "“news/two.ann” was left out: there is no text “news/two.txt”",
            "news/one.ann, line 14: this line was not understood",
            "notes and attributes of relations were left out",
        ]
    );
}

#[test]
fn brat_files_of_several_people_and_of_other_units() {
    let all = files(&[
        ("eva/a.txt", "🐟 fish\r\nhere"),
        ("eva/a.ann", "T1\tx 3 7\tfish\nT2\tx 9 13\there\n"),
        ("jon/a.txt", "🐟 fish\r\nhere"),
        ("jon/a.ann", "T1\tx 2 6\tfish\nT2\tx 2 6\tbird\nT3\tx 7 11\there\n"),
    ]);
    let Joined { project, report } = back(&Project::new(""), all, "brat").unwrap();
    assert_eq!(project.articles.len(), 1);
    assert_eq!(
        said(&project),
        ["eva: x: fish []", "eva: x: here []", "jon: x: fish []", "jon: x: fish []", "jon: x: here []"]
    );
    assert_eq!(
        report.told,
        [
            "the places of a file count UTF-16 units, as its words show",
            "the places of a file count code points of the text with single line ends, as its words show",
            "words beside a mark are not those at its place in the text; the place counts",
        ]
    );
}

#[test]
fn damaged_brat_files_are_refused() {
    let wrong = |ann: &str| {
        let all = files(&[("a.txt", "one two"), ("a.ann", ann)]);
        back(&Project::new(""), all, "brat").unwrap_err().to_string()
    };
    assert_eq!(wrong("T1\tx 0 3\tone\nT2\tx 4\ttwo\n"), "a.ann, line 2: “x 4” is not a type with places in the text");
    assert_eq!(wrong("T1\tx 0 3\tone\nT1\tx 4 7\ttwo\n"), "a.ann, line 2: T1 is there twice");
    let alone = back(&Project::new(""), files(&[("a.ann", "T1\tx 0 3\tone\n")]), "brat");
    assert_eq!(alone.unwrap_err().to_string(), "“a.txt” is not in it");
    let beyond = files(&[("a.txt", "one"), ("a.ann", "T1\tx 0 3\tone\nT2\tx 2 99999999999\te\nT3\tx 3 1\t\n")]);
    let Joined { report, .. } = back(&Project::new(""), beyond, "brat").unwrap();
    assert_eq!((report.new_annotations, report.told.len()), (1, 2));
}

#[test]
fn webanno_is_written_to_the_letter() {
    let project = project(&["ada"]);
    let files = written(&project, "webanno-tsv");
    let tsv = text(&files, ".tsv");
    let rows: Vec<Vec<&str>> = tsv.lines().map(|l| l.split('\t').collect()).collect();
    let head: Vec<&str> = tsv.lines().take(9).collect();
    assert_eq!(
        head,
        [
            "#FORMAT=WebAnno TSV 3.3",
            "#T_SP=webanno.custom.Framelens|label|coder|voice|speaker|target|stance|intensity|certainty|negated|memo|details",
            "#T_RL=webanno.custom.FramelensRelation|kind|details|BT_webanno.custom.Framelens",
            "",
            "",
            "#Text=The harbour purge",
            "#Text=",
            rows[7].join("\t").as_str(),
            rows[8].join("\t").as_str(),
        ]
    );
    let cell = |id: &str, column: usize| rows.iter().find(|row| row[0] == id).unwrap()[column];
    assert_eq!((cell("1-1", 1), cell("1-1", 2), cell("1-1", 3)), ("0-3", "The", "_"));
    assert_eq!((cell("1-3", 1), cell("1-3", 2), cell("1-3", 3)), ("12-17", "purge", "Conflict[1]"));
    // The mark is a token of its own, and the fish is two units wide.
    assert_eq!((cell("2-1", 1), cell("2-1", 2), cell("2-1", 3)), ("18-19", "“", "Conflict[1]"));
    assert_eq!((cell("2-2", 1), cell("2-2", 3)), ("19-24", "Conflict[1]|Witch \\| hunt[2]"));
    assert_eq!((cell("2-4", 1), cell("2-4", 2), cell("2-4", 3)), ("28-32", "hunt", "Witch \\| hunt[3]"));
    assert_eq!(cell("2-2", 12), "*[1]|Whose hunt?\\nAsk \\[her\\].[2]");
    let vera = rows.iter().find(|row| row.get(2) == Some(&"Vera")).unwrap();
    assert_eq!((vera[3], vera[4], vera[14]), ("PERSON[4]", "ada[4]", "is said by"));
    assert_eq!(vera[16], "2-2[2_4]");
    assert!(tsv.ends_with("\t\n") && !tsv.ends_with("\n\n"));
}

#[test]
fn white_space_that_webanno_does_not_keep_is_told() {
    let mut project = project(&["ada"]);
    let key = project.codings.keys().next().unwrap().clone();
    let coding = Arc::make_mut(project.codings.get_mut(&key).unwrap());
    let code = Tag::Frame("conflict".parse().unwrap());
    for (n, words) in [(7, " purge\n"), (8, "\n")] {
        coding.annotations.insert(id(n), Arc::new(mark(n, code.clone(), &[words])));
    }
    let (reduced, losses) = prepare(&project, &Selection::default(), format("webanno-tsv").unwrap());
    assert_eq!(reduced.annotation(&key.0, &key.1, id(7)).unwrap().words(), "purge");
    assert_eq!(reduced.annotation(&key.0, &key.1, id(8)), None);
    let told: Vec<String> = losses.list().into_iter().map(|l| l.say).collect();
    assert_eq!(
        told,
        [
            "1 coding of several stretches is split into one coding a stretch",
            "1 codings begin or end with white space, which is cut off",
            "1 codings of white space alone are left out",
        ]
    );
    let files = written(&project, "webanno-tsv");
    assert_eq!(back(&project, files, "webanno-tsv").unwrap().project, project);
}

#[test]
fn what_others_write_in_webanno_tsv() {
    let tsv = "#FORMAT=WebAnno TSV 3.3\r\n\
        #T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value\n\
        #T_SP=webanno.custom.Frame|label|sure|ROLE_webanno.custom.Frame:by_webanno.custom.FrameBy|webanno.custom.Who\n\
        #T_SP=webanno.custom.Who|\n\
        #T_CH=webanno.custom.Coref|referenceType|referenceRelation\n\
        #T_RL=webanno.custom.Link|why|BT_webanno.custom.Frame\n\
        \n\n\
        #Sentence.id=one\n\
        #Text=Vera 🐟 left\n\
        #Text=town \\\\ now .\n\
        1-1\t2-6\tVera\t*\tPER\t_\t_\t_\t_\t*\tname[1]\tIDENT->1-1\t_\t_\t\n\
        1-2\t7-9\t🐟\t_\t_\tA \\| b[2]|C[3]\tyes[2]|*[3]\tspeaker;*[2]|*[3]\t1-1;1-1|*\t_\t_\t_\t_\t_\t\n\
        1-3\t10-14\tleft\t_\t_\tA \\| b[2]\tyes[2]\t_\t_\t_\t_\t_\tso\\_so\t1-2[3_2]\t\n\
        1-3.1\t10-12\tle\t_\t_\tD\t*\t_\t_\t_\t_\t_\t_\t_\t\n\
        1-4\t15-19\ttown\t_\t_\t_\t_\t_\t_\t_\tplace[1]\t*->1-2\t_\t_\t\n\
        1-5\t20-21\t\\\t_\t_\t_\t_\t_\t_\t_\t_\t_\t_\t_\t\n\
        1-5.1\t21-21\t\t_\t_\tE\t*\t_\t_\t_\t_\t_\t_\t_\t\n\
        \n\
        #Text=Then\n\
        2-1\t30-34\tThen\t_\t_\t_\t_\t_\t_\t_\t_\t_\t_\t_\t\n";
    let all = files(&[("a.tsv", tsv)]);
    assert_eq!(recognise(&Bundle::folder("corpus", all.clone())).unwrap().name(), "webanno-tsv");
    let Joined { project, report } = back(&Project::new(""), all, "webanno-tsv").unwrap();
    let text = &project.articles.values().next().unwrap().text;
    assert_eq!(&**text, "  Vera 🐟 left\ntown \\ now .\n  Then");
    assert_eq!(
        said(&project),
        [
            "mara: A | b: 🐟 left [sure=yes]",
            "mara: C: 🐟 []",
            "mara: D: le []",
            "mara: PERSON: Vera [label=PER]",
            "mara: Who: Vera []",
            "mara: name: Vera []",
            "mara: place: town []",
        ]
    );
    assert_eq!(
        lines(&project),
        ["IDENT: Vera → town", "by: 🐟 left → Vera", "so_so: 🐟 → 🐟 left", "speaker: 🐟 left → Vera"]
    );
    assert_eq!(report.told, ["annotations of no words, or beyond the end of the text, were left out"]);
}

#[test]
fn webanno_files_of_one_text_are_several_peoples() {
    let tsv = |label: &str| {
        format!("#FORMAT=WebAnno TSV 3.2\n#T_SP=webanno.custom.F|label\n\n\n#Text=One\n1-1\t0-3\tOne\t{label}\t\n")
    };
    let (eva, jon) = (tsv("X"), tsv("Y"));
    let all = files(&[("annotation/a.txt/eva.tsv", &eva), ("annotation/a.txt/jon.tsv", &jon)]);
    let Joined { project, .. } = back(&Project::new(""), all, "webanno-tsv").unwrap();
    assert_eq!(said(&project), ["eva: X: One []", "jon: Y: One []"]);
}

#[test]
fn damaged_webanno_files_are_refused() {
    let wrong = |rows: &str| {
        let tsv = format!("#FORMAT=WebAnno TSV 3.3\n#T_SP=webanno.custom.F|label\n\n\n#Text=One\n{rows}");
        back(&Project::new(""), files(&[("a.tsv", &tsv)]), "webanno-tsv").unwrap_err().to_string()
    };
    let fewer = "a.tsv, line 6: there are fewer columns here than the layers at the head of the file ask for";
    assert_eq!(wrong("1-1\t0-3\tOne\n"), fewer);
    assert_eq!(wrong("1-1\t0-9\tOne\t_\n"), "a.tsv, line 6: this token lies beyond its sentence");
    assert_eq!(wrong("1-1\t3-0\tOne\t_\n"), "a.tsv, line 6: the place of this token is not two numbers");
    let far = "a.tsv, line 6: this sentence lies too far behind the one before it";
    assert_eq!(wrong("1-1\t9999999999999-9999999999999\tOne\t_\n"), far);
    let again = "a.tsv, line 9: this sentence begins before the one before it ends";
    assert_eq!(wrong("1-1\t0-3\tOne\t_\n\n#Text=Two\n2-1\t1-3\tTwo\t_\n"), again);
    let older = files(&[("a.tsv", " # webanno.custom.F | label\n#id=1\n#text=One\n1-1\tOne\tB-X\n")]);
    assert_eq!(recognise(&Bundle::folder("corpus", older.clone())).unwrap().name(), "webanno-tsv");
    let error = back(&Project::new(""), older, "webanno-tsv").unwrap_err().to_string();
    assert!(error.starts_with("a.tsv, line 1: this is not WebAnno TSV 3; the older kinds"), "{error}");
}

#[test]
fn semeval_is_written_to_the_letter() {
    let project = project(&["ada", "ben"]);
    let (_, losses) = prepare(&project, &Selection::default(), format("semeval-2020-t11").unwrap());
    let twice = losses.list().into_iter().find(|l| l.what == "twice").unwrap();
    assert_eq!(twice.count, 4);
    let files = written(&project, "semeval-2020-t11");
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    let number = names[0].strip_prefix("articles/article").unwrap().strip_suffix(".txt").unwrap();
    assert!(number.len() == 9 && number.bytes().all(|b| b.is_ascii_digit()));
    let labels = format!("labels-task-flc-tc/article{number}.task-flc-tc.labels");
    let bare = format!("labels-task-si/article{number}.task-si.labels");
    assert_eq!(names[1..], [labels.as_str(), bare.as_str(), "techniques.txt"]);
    assert_eq!(text(&files, ".txt"), TEXT);
    let rows = format!(
        "{number}\tConflict\t12\t24\n{number}\tWitch | hunt\t19\t24\n{number}\tWitch | hunt\t27\t31\n{number}\tPERSON\t34\t44\n"
    );
    assert_eq!(text(&files, "flc-tc.labels"), rows);
    assert_eq!(text(&files, "si.labels"), format!("{number}\t12\t24\n{number}\t27\t31\n{number}\t34\t44\n"));
    assert_eq!(text(&files, "techniques.txt"), "Conflict\nPERSON\nWitch | hunt\n");
}

#[test]
fn what_the_task_gives_is_read() {
    let all = files(&[
        ("README.md", "What this is"),
        ("train-articles/article111.txt", "🐟 They lie, they\n\ncheat."),
        ("train-articles/article112.txt", "Nothing here."),
        ("train-articles/article113.txt", "Bare words."),
        (
            "train-labels-task-flc-tc/article111.task-flc-tc.labels",
            "111\tName_Calling,Labeling\t2\t10\n111\tDoubt\t7\t24\n",
        ),
        ("train-labels-task-si/article111.task-si.labels", "111\t2\t24\n"),
        ("train-labels-task-si/article112.task-si.labels", ""),
        ("train-labels-task-si/article113.task1-SI.labels", "113\t0\t4\r\n"),
        ("all.labels", "111\tDoubt\t7\t24\n999\tDoubt\t0\t4\n998\tDoubt\t0\t4\n111\t?\t0\t1\n"),
    ]);
    assert_eq!(recognise(&Bundle::folder("corpus", all.clone())).unwrap().name(), "semeval-2020-t11");
    let Joined { project, report } = back(&Project::new(""), all.clone(), "semeval-2020-t11").unwrap();
    assert_eq!(
        said(&project),
        [
            "mara: Doubt: lie, they\n\ncheat. []",
            "mara: Name_Calling,Labeling: They lie []",
            "mara: Propaganda: Bare []",
        ]
    );
    assert_eq!(project.articles.len(), 3);
    assert_eq!(
        report.told,
        [
            "stretches that wait for a label (“?”) were left out",
            "the labels of 2 articles without texts were left out: article998.txt and 1 more",
        ]
    );
    // The numbers stay.
    let out = written(&project, "semeval-2020-t11");
    assert!(out.contains_key("articles/article111.txt"), "{:?}", out.keys());
    // Reading it again brings nothing.
    let Joined { project: again, report } = back(&project, all, "semeval-2020-t11").unwrap();
    assert_eq!((again, report.new_annotations), (project, 0));
}

#[test]
fn labels_find_the_texts_that_are_here() {
    let texts = files(&[("article7.txt", "One two"), ("a.labels", "7\tDoubt\t0\t3\n")]);
    let Joined { project, .. } = back(&Project::new(""), texts, "semeval-2020-t11").unwrap();
    let Joined { report, .. } =
        back(&project, files(&[("b.labels", "7\tSlogans\t4\t7\n")]), "semeval-2020-t11").unwrap();
    assert_eq!(Report { told: vec![], ..report.clone() }.sentence(), "1 new coding, 1 new code");
    let missing = back(&Project::new(""), files(&[("b.labels", "7\tSlogans\t4\t7\n")]), "semeval-2020-t11");
    assert_eq!(missing.unwrap_err().to_string(), "“article7.txt” is not in it");
    let broken = files(&[("article7.txt", "One two"), ("b.labels", "7\tSlogans\t4\n")]);
    let error = back(&Project::new(""), broken, "semeval-2020-t11").unwrap_err().to_string();
    assert!(error.starts_with("b.labels, line 1: this is not a number, a label"), "{error}");
}

#[test]
fn the_formats_are_listed() {
    for name in ["brat", "webanno-tsv", "semeval-2020-t11"] {
        assert!(format(name).is_ok_and(|f| f.is_read() && f.shape().ending() == "zip"));
    }
    assert!(matches!(format("bratt"), Err(ExchangeError::UnknownFormat { .. })));
}
