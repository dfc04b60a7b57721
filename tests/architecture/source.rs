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
    code_files().into_iter().map(|(path, source)| Source::read(module_of(&path), &source)).collect()
}

/// The program's files, each by its path below `src`. Tests beside the code, and what they are made of, are not among them.
pub fn code_files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    let named = files.iter().map(|file| {
        (file.strip_prefix(&root).unwrap().to_str().unwrap().to_owned(), fs::read_to_string(file).unwrap())
    });
    named
        .filter(|(path, _)| !module_of(path).iter().any(|part| part == "tests" || part == "samples"))
        .collect()
}

fn module_of(path: &str) -> Vec<String> {
    path.trim_end_matches(".rs").split('/').filter(|part| *part != "mod").map(str::to_owned).collect()
}

pub fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
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

pub fn without_comments_and_texts(source: &str) -> String {
    split(source).0
}

/// What people read in a source: its comments without their first two slashes, and its texts.
pub fn comments_and_texts(source: &str) -> Vec<&str> {
    split(source).1
}

/// A source's code, and beside it its comments and texts.
fn split(source: &str) -> (String, Vec<&str>) {
    let (mut code, mut words) = (String::new(), Vec::new());
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let (word, after) = if let Some(comment) = rest.strip_prefix("//") {
            comment.split_at(comment.find('\n').unwrap_or(comment.len()))
        } else if let Some(after) = rest.strip_prefix("'\"'") {
            ("", after)
        } else if let Some(raw) = rest.strip_prefix("r#\"") {
            raw.split_once("\"#").unwrap_or((raw, ""))
        } else if let Some(text) = rest.strip_prefix('"') {
            text_and_rest(text)
        } else {
            code.push(c);
            ("", &rest[c.len_utf8()..])
        };
        words.extend((!word.is_empty()).then_some(word));
        rest = after;
    }
    (code, words)
}

/// A text up to its closing quote, and what follows that.
fn text_and_rest(text: &str) -> (&str, &str) {
    let mut escaped = false;
    let end = text.find(|c: char| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    end.map_or((text, ""), |end| (&text[..end], &text[end + 1..]))
}
