//! The program's files as text: which names each of them uses.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// One file of the program.
pub struct Source {
    /// `["visits", "store"]`.
    pub module: Vec<String>,
    /// What it names of this crate.
    pub names: Vec<Vec<String>>,
    /// What it names of actix and diesel.
    pub foreign: Vec<Vec<String>>,
    /// Its code without comments and texts, and without the tests in it.
    pub code: String,
}

pub fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files
        .iter()
        .map(|file| {
            let relative = file.strip_prefix(&root).unwrap().with_extension("");
            let module: Vec<_> = relative
                .iter()
                .map(|part| part.to_str().unwrap().to_owned())
                .filter(|part| part != "mod")
                .collect();
            Source::read(module, &fs::read_to_string(file).unwrap())
        })
        // Tests beside the code, and what they are made of, may know what they like.
        .filter(|source| !source.module.iter().any(|part| part == "tests" || part == "samples"))
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

impl Source {
    pub fn read(module: Vec<String>, source: &str) -> Self {
        let code = without_comments_and_texts(source);
        let code = code.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        let code = code.split("#[cfg(test)]\n        mod ").next().unwrap_or_default().to_owned();
        let foreign = ["actix_web", "actix", "diesel", "diesel_migrations"].into_iter().flat_map(|root| {
            named(&code, root).into_iter().map(move |name| [vec![root.to_owned()], name].concat())
        });
        let foreign = foreign.collect();
        Self { module, names: [named(&code, "crate"), named(&code, "incognito")].concat(), foreign, code }
    }

    /// `visits::store`.
    pub fn path(&self) -> String {
        self.module.join("::")
    }

    /// The room that it is in.
    pub fn room(&self) -> &str {
        &self.module[0]
    }

    /// Whether it is this file of a room or of a part of it, or in the folder of it.
    pub fn is(&self, file: &str) -> bool {
        self.module[1..].iter().any(|part| part == file)
    }
}

/// The paths that code names below this root, without it.
fn named(code: &str, root: &str) -> Vec<Vec<String>> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices(&format!("{root}::")) {
        if !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
            tree(&code[at + root.len() + 2..], &[], &mut names);
        }
    }
    names
}

/// Reads one tree of names, `a::{b, c::d as e}`, and gives what follows it.
fn tree<'a>(code: &'a str, above: &[String], names: &mut Vec<Vec<String>>) -> &'a str {
    let code = code.trim_start();
    if let Some(mut rest) = code.strip_prefix('{') {
        loop {
            rest = tree(rest, above, names).trim_start();
            rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
            if let Some(after) = rest.strip_prefix('}') {
                return after;
            }
            if rest.is_empty() {
                return rest;
            }
        }
    }
    let end = code.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '*').unwrap_or(code.len());
    let (word, rest) = code.split_at(end.max(usize::from(end == 0 && !code.is_empty())));
    let mut path = above.to_vec();
    if word != "self" {
        path.push(word.to_owned());
    }
    match rest.strip_prefix("::") {
        Some(below) if !below.starts_with('<') => tree(below, &path, names),
        _ => {
            names.push(path);
            let rest = rest.trim_start();
            let Some(renamed) = rest.strip_prefix("as ") else { return rest };
            renamed.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_')
        }
    }
}

fn without_comments_and_texts(source: &str) -> String {
    let mut code = String::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        rest = if rest.starts_with("//") {
            &rest[rest.find('\n').unwrap_or(rest.len())..]
        } else if let Some(after) = rest.strip_prefix("'\"'") {
            after
        } else if let Some(raw) = rest.strip_prefix("r#\"") {
            raw.split_once("\"#").map_or("", |(_, after)| after)
        } else if let Some(text) = rest.strip_prefix('"') {
            after_text(text)
        } else {
            code.push(c);
            &rest[c.len_utf8()..]
        };
    }
    code
}

fn after_text(text: &str) -> &str {
    let mut escaped = false;
    let end = text.find(|c: char| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    end.map_or("", |end| &text[end + 1..])
}
