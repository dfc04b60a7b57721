//! The guides and the catalogue of errors as HTML: no scripts, and nothing loaded from anywhere.

use crate::{
    error::Code,
    http::problem,
    texts::{Language, Text, say, text},
};

/// A guide, in English.
pub(super) struct Guide {
    /// Its address.
    pub(super) path: &'static str,
    /// What it helps with.
    pub(super) title: &'static str,
    body: &'static str,
}

/// All guides, the one to begin with first.
pub(super) const GUIDES: [Guide; 3] = [
    Guide { path: "/guide", title: "a guide to begin with", body: include_str!("guides/begin.html") },
    Guide { path: "/guide/phone-app", title: "build a phone app", body: include_str!("guides/phone.html") },
    Guide { path: "/guide/scores", title: "pull scores", body: include_str!("guides/scores.html") },
];

impl Guide {
    /// The page.
    pub(super) fn page(&self) -> String {
        let title = format!("incognito: {}", self.title);
        let others = GUIDES.iter().filter(|other| other.path != self.path);
        let others: String =
            others.map(|Self { path, title, .. }| format!("<a href=\"{path}\">{title}</a> · ")).collect();
        let header = format!(
            "<h1>{title}</h1>\n<p>{others}<a href=\"/docs/\">all operations</a> · <a href=\"/openapi.yaml\">openapi.yaml</a> \
             for machines</p>"
        );
        whole(Language::English, &title, &header, &format!("<main>\n{}</main>", self.body))
    }
}

/// The page at the root: where to go.
pub(super) fn root() -> String {
    let rows = super::pages::PLACES
        .iter()
        .map(|(path, about)| format!("<dt><a href=\"{path}\">{path}</a></dt><dd>{}</dd>\n", escape(about)));
    let body = format!("<main>\n<dl>\n{}</dl>\n</main>", rows.collect::<String>());
    let header = "<h1>incognito</h1>\n<p>A mystery-shopping backend.</p>";
    whole(Language::English, "incognito", header, &body)
}

/// The page that answers a request which failed, with the request's id.
pub(super) fn failure(code: Code, request: uuid::Uuid, language: Language) -> String {
    let request = say!(language, "problem-page-request", id = request.to_string());
    let body = format!("<p>{}</p>\n<p>{}</p>\n", escaped_text(code.advice(), language), escape(&request));
    about(code, language, &body)
}

/// The page of one kind of error.
pub(super) fn problem(code: Code, language: Language) -> String {
    let rows = [
        (text!("problem-page-code"), format!("<code>{}</code>", code.name())),
        (text!("problem-page-status"), escape(&status(code))),
        (text!("problem-page-advice"), escaped_text(code.advice(), language)),
    ];
    let rows =
        rows.map(|(name, value)| format!("<dt>{}</dt><dd>{value}</dd>\n", escaped_text(name, language)));
    about(code, language, &format!("<dl>\n{}</dl>\n", rows.concat()))
}

/// A page about a kind of error.
fn about(code: Code, language: Language, body: &str) -> String {
    let title = escape(&say!(language, "problem-page-title", code = code.name()));
    let header = format!(
        "<h1>{}</h1>\n<p><a href=\"/docs/\" hreflang=\"en\">{}</a></p>",
        escaped_text(code.title(), language),
        escaped_text(text!("problem-page-contract"), language),
    );
    whole(language, &title, &header, &format!("<main>\n{body}</main>"))
}

/// A text of the catalogue, with its `code` set as code.
fn escaped_text(text: Text, language: Language) -> String {
    marked(&text.say(language))
}

/// The status as HTTP has it: its number, and its English name if it has one.
fn status(code: Code) -> String {
    let status = problem::status(code);
    let name = status.canonical_reason().map(|name| format!(" {name}"));
    format!("{}{}", status.as_u16(), name.unwrap_or_default())
}

fn whole(language: Language, title: &str, header: &str, body: &str) -> String {
    let (language, style) = (language.tag(), include_str!("style.css"));
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{style}</style>\n</head>\n<body>\n<header>{header}</header>\n{body}\n</body>\n</html>\n"
    )
}

/// Text that cannot be taken for markup.
fn escape(raw: &str) -> String {
    raw.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// The same, with what stands between backticks set as code.
pub(super) fn marked(raw: &str) -> String {
    let parts = raw.split('`').enumerate();
    parts
        .map(|(at, part)| if at % 2 == 1 { format!("<code>{}</code>", escape(part)) } else { escape(part) })
        .collect()
}
