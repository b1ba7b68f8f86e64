//! JSON: types, structures and views in one object. References begin with `@`, numbers that JSON cannot write with `#`.

use serde_json::{Map, Value as Json, json};

use super::super::Problem;
use super::found::{Cas, Said, Sofa, Structure};
use super::make::{self, Made, SOFA};
use super::types::{self, Declarations};

/// An article’s structures and its text: the types first, since a reader may need them, and a structure a line.
pub fn write(made: &[Made], text: &str) -> Vec<u8> {
    let mut all = vec![json!({
        "%ID": SOFA,
        "%TYPE": "uima.cas.Sofa",
        "sofaNum": 1,
        "sofaID": "_InitialView",
        "mimeType": "text",
        "sofaString": text,
    })];
    for (place, one) in made.iter().enumerate() {
        let mut out = Map::new();
        out.insert("%ID".to_owned(), make::id(place).into());
        out.insert("%TYPE".to_owned(), one.kind.name.into());
        out.insert("@sofa".to_owned(), SOFA.into());
        if let Some(at) = one.at {
            out.insert("begin".to_owned(), at.start.0.into());
            out.insert("end".to_owned(), at.end.0.into());
        }
        for (name, place) in &one.links {
            out.insert(format!("@{name}"), make::id(*place).into());
        }
        for (name, said) in &one.said {
            out.insert((*name).to_owned(), said.as_str().into());
        }
        all.push(Json::Object(out));
    }
    let members: Vec<usize> = (0..made.len()).map(make::id).collect();
    let views = json!({ "_InitialView": { "%SOFA": SOFA, "%MEMBERS": members } });
    let all: Vec<String> = all.iter().map(Json::to_string).collect();
    let types = types::json();
    format!("{{\"%TYPES\":{types},\n\"%FEATURE_STRUCTURES\":[\n{}\n],\n\"%VIEWS\":{views}}}\n", all.join(",\n"))
        .into_bytes()
}

/// Whether an object is a CAS.
fn is_cas(whole: &Map<String, Json>) -> bool {
    ["%TYPES", "%FEATURE_STRUCTURES", "%VIEWS"].iter().any(|key| whole.contains_key(*key))
}

/// Reads a file, and the types that it declares. `None` where it is JSON of another kind.
///
/// # Errors
/// Where it is not JSON, or damaged; with the line.
pub fn read(file: &str, text: &str) -> Result<Option<(Cas, Declarations)>, Problem> {
    let whole: Json = serde_json::from_str(text).map_err(|e| Problem::at(file, e.line(), e))?;
    let Some(whole) = whole.as_object().filter(|w| is_cas(w)) else { return Ok(None) };
    let mut declared = Declarations::default();
    if let Some(types) = whole.get("%TYPES").and_then(Json::as_object) {
        declared.read_json(types);
    }
    declared.add_ours();
    let system = types::System::of(&declared);
    let mut cas = Cas::default();
    match whole.get("%FEATURE_STRUCTURES") {
        None => {}
        Some(Json::Array(all)) => {
            for one in all {
                let id = one.get("%ID").and_then(Json::as_u64);
                structure(&mut cas, &system, file, id, one)?;
            }
        }
        // The same, by their ids.
        Some(Json::Object(all)) => {
            for (id, one) in all {
                structure(&mut cas, &system, file, id.parse().ok(), one)?;
            }
        }
        Some(_) => return Err(Problem::within(file, "“%FEATURE_STRUCTURES” is neither a list nor an object")),
    }
    Ok(Some((cas, declared)))
}

fn structure(cas: &mut Cas, system: &types::System, file: &str, id: Option<u64>, one: &Json) -> Result<(), Problem> {
    let (Some(one), Some(kind)) = (one.as_object(), one.get("%TYPE").and_then(Json::as_str)) else {
        return Err(Problem::within(file, "a feature structure has no “%TYPE”"));
    };
    let string = |name: &str| one.get(name).and_then(Json::as_str).map(str::to_owned);
    if kind == "uima.cas.Sofa" {
        cas.sofas.push(Sofa {
            id,
            name: string("sofaID").unwrap_or_default(),
            text: string("sofaString"),
            elsewhere: string("sofaURI"),
            bytes: one.contains_key("@sofaArray"),
        });
        return Ok(());
    }
    if system.is_segment(kind) {
        cas.segments += 1;
        return Ok(());
    }
    let mut new = Structure { id, ..Structure::new(kind.into()) };
    for (name, said) in one {
        let number = || said.as_u64();
        match name.as_str() {
            "@sofa" => new.sofa = number(),
            "begin" => new.begin = number().map(|n| n as usize),
            "end" => new.end = number().map(|n| n as usize),
            "%ELEMENTS" => new.said.push(("elements".to_owned(), elements(said))),
            name if name.starts_with('%') => {}
            name => {
                let (name, said) = match name.strip_prefix('@') {
                    Some(name) => (name, elements(said)),
                    None => (name.trim_start_matches(['#', '^']), value(said)),
                };
                new.said.push((name.to_owned(), said));
            }
        }
    }
    cas.structures.push(new);
    Ok(())
}

/// References, one or several; what is no number is a string.
fn elements(said: &Json) -> Said {
    let ids = |all: &[Json]| all.iter().map(Json::as_u64).collect::<Option<Vec<_>>>();
    match said {
        Json::Number(_) => ids(std::slice::from_ref(said)).map_or_else(|| value(said), Said::Link),
        Json::Array(all) => ids(all).map_or_else(|| value(said), Said::Link),
        _ => value(said),
    }
}

fn value(said: &Json) -> Said {
    match said {
        Json::Bool(yes) => Said::YesNo(*yes),
        Json::Number(number) => number.as_f64().map_or_else(|| Said::Text(number.to_string()), Said::Number),
        Json::String(text) => Said::Text(text.clone()),
        Json::Array(all) => {
            let plain = |one: &Json| one.as_str().map_or_else(|| one.to_string(), str::to_owned);
            Said::List(all.iter().map(plain).collect())
        }
        other => Said::Text(other.to_string()),
    }
}
