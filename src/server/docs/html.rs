//! The contract and the catalogue of errors as HTML: no scripts, and nothing loaded from anywhere.

mod shapes;

use serde_json::Value;

use crate::{
    error::Code,
    http::problem,
    texts::{Language, Text, say, text},
};

const METHODS: [&str; 6] = ["get", "put", "post", "delete", "head", "patch"];

/// The page of the whole contract, which is given as JSON.
pub(super) fn contract(document: &Value) -> String {
    let info = &document["info"];
    let (title, version) = (text(&info["title"]), text(&info["version"]));
    let mut index = String::new();
    let mut body = markdown(info["description"].as_str().unwrap_or_default());
    for tag in document["tags"].as_array().into_iter().flatten() {
        let name = text(&tag["name"]);
        let operations = operations(document, &tag["name"]);
        if operations.is_empty() {
            continue;
        }
        index += &format!("<h2>{name}</h2>\n<ul>\n");
        body += &format!("<h2 id=\"part-{name}\">{name}</h2>\n<p>{}</p>\n", prose(&tag["description"]));
        for one in operations {
            index += &format!("<li><a href=\"#{}\">{}</a></li>\n", one.id(), one.line());
            body += &one.article(document);
        }
        index += "</ul>\n";
    }
    index += "<h2><a href=\"#shapes\">Shapes</a></h2>\n<h2><a href=\"#errors\">Errors</a></h2>\n";
    body += "<h2 id=\"shapes\">Shapes</h2>\n";
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let about = schema["description"].as_str().map(paragraphs).unwrap_or_default();
        let (id, name) = (shapes::anchor(name), escape(name));
        body +=
            &format!("<article id=\"{id}\"><h3>{name}</h3>\n{about}{}</article>\n", shapes::fields(schema));
    }
    body += "<h2 id=\"errors\">Errors</h2>\n<dl>\n";
    for code in Code::ALL {
        let title = code.title().say(Language::English);
        body += &format!("<dt>{} {}</dt>\n<dd>{}</dd>\n", link(*code), code.status(), escape(&title));
    }
    body += "</dl>\n";
    let header =
        format!("<h1>{title} {version}</h1>\n<p><a href=\"/openapi.yaml\">openapi.yaml</a> for machines</p>");
    let index = format!("<nav><details open><summary>All operations</summary>\n{index}</details></nav>\n");
    let title = format!("{title}: the contract");
    whole(Language::English, &title, &header, &format!("{index}<main>\n{body}</main>"))
}

/// The page that answers a request which failed, with the request's id.
pub(super) fn failure(code: Code, request: uuid::Uuid, language: Language) -> String {
    let request = say!(language, "problem-page-request", id = request.to_string());
    let body = format!("<p>{}</p>\n<p>{}</p>\n", said(code.advice(), language), escape(&request));
    about(code, language, &body)
}

/// The page of one kind of error.
pub(super) fn problem(code: Code, language: Language) -> String {
    let rows = [
        (text!("problem-page-code"), format!("<code>{}</code>", code.name())),
        (text!("problem-page-status"), escape(&status(code))),
        (text!("problem-page-advice"), said(code.advice(), language)),
    ];
    let rows = rows.map(|(name, value)| format!("<dt>{}</dt><dd>{value}</dd>\n", said(name, language)));
    about(code, language, &format!("<dl>\n{}</dl>\n", rows.concat()))
}

/// A page about a kind of error.
fn about(code: Code, language: Language, body: &str) -> String {
    let title = escape(&say!(language, "problem-page-title", code = code.name()));
    let header = format!(
        "<h1>{}</h1>\n<p><a href=\"/docs\" hreflang=\"en\">{}</a></p>",
        said(code.title(), language),
        said(text!("problem-page-contract"), language),
    );
    whole(language, &title, &header, &format!("<main>\n{body}</main>"))
}

/// A text of the catalogue, with its `code` set as code.
fn said(text: Text, language: Language) -> String {
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

/// One method at one address.
struct Operation<'a> {
    path: &'a str,
    method: &'static str,
    about: &'a Value,
}

/// The operations of one part.
fn operations<'a>(document: &'a Value, tag: &Value) -> Vec<Operation<'a>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, item)| METHODS.map(|method| Operation { path, method, about: &item[method] }))
        .filter(|one| one.about["tags"][0] == *tag)
        .collect()
}

impl Operation<'_> {
    fn id(&self) -> String {
        text(&self.about["operationId"])
    }

    fn line(&self) -> String {
        let (method, path) = (self.method, escape(self.path));
        let shown = method.to_uppercase();
        format!("<span class=\"method {method}\">{shown}</span> <code>{path}</code>")
    }

    fn article(&self, document: &Value) -> String {
        let description = self.about["description"].as_str().unwrap_or_default();
        // The last paragraph says who may.
        let (rest, who) = description.rsplit_once("\n\n").unwrap_or(("", description));
        format!(
            "<article id=\"{}\"><h3>{}</h3>\n<p class=\"summary\">{}</p>\n{}<p class=\"for\">{}</p>\n{}{}{}</article>\n",
            self.id(),
            self.line(),
            prose(&self.about["summary"]),
            paragraphs(rest),
            marked(who),
            self.parameters(),
            self.body(document),
            self.answers(),
        )
    }

    fn parameters(&self) -> String {
        let rows: String = self.about["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|parameter| {
                let needed = if parameter["in"] == "path" { "" } else { shapes::needed(&parameter["required"]) };
                format!(
                    "<dt><code>{}</code> <span class=\"kind\">in the {}: {}</span>{needed}</dt>\n<dd>{}</dd>\n",
                    text(&parameter["name"]),
                    text(&parameter["in"]),
                    shapes::kind(&parameter["schema"]),
                    prose(&parameter["description"]),
                )
            })
            .collect();
        if rows.is_empty() { rows } else { format!("<h4>Parameters</h4>\n<dl>\n{rows}</dl>\n") }
    }

    fn body(&self, document: &Value) -> String {
        let body = &self.about["requestBody"];
        let contents = body["content"].as_object().into_iter().flatten();
        contents
            .map(|(media_type, content)| {
                let schema = &content["schema"];
                format!(
                    "<h4>Body: {}, {}</h4>\n{}{}",
                    escape(media_type),
                    shapes::kind(schema),
                    body["description"].as_str().map(paragraphs).unwrap_or_default(),
                    match shapes::reference(schema) {
                        Some(name) => shapes::fields(&document["components"]["schemas"][name]),
                        None => shapes::inner(schema),
                    },
                )
            })
            .collect()
    }

    /// What the operation says of its answers, in full; what is common to many, in a line.
    fn answers(&self) -> String {
        let (mut rows, mut common) = (String::new(), Vec::new());
        for (status, answer) in self.about["responses"].as_object().into_iter().flatten() {
            if let Some(code) =
                shapes::reference(answer).and_then(|name| Code::ALL.iter().find(|one| one.name() == name))
            {
                common.push(format!("{status} {}", link(*code)));
                continue;
            }
            let bodies: Vec<_> = answer["content"]
                .as_object()
                .into_iter()
                .flatten()
                .filter(|(media_type, _)| *media_type != crate::http::problem::PROBLEM_JSON)
                .map(|(media_type, content)| {
                    format!("{}, {}", shapes::kind(&content["schema"]), escape(media_type))
                })
                .collect();
            let headers = answer["headers"].as_object().into_iter().flatten().map(|(name, _)| name);
            let headers: Vec<_> = headers
                .filter(|name| *name != "X-Request-Id")
                .map(|name| format!("<code>{}</code>", escape(name)))
                .collect();
            let with =
                if headers.is_empty() { String::new() } else { format!(" with {}", headers.join(", ")) };
            rows += &format!(
                "<dt><code>{status}</code> <span class=\"kind\">{}{with}</span></dt>\n<dd>{}</dd>\n",
                bodies.join(" or "),
                prose(&answer["description"]),
            );
        }
        format!("<h4>Answers</h4>\n<dl>\n{rows}</dl>\n<p class=\"errors\">Also {}.</p>\n", common.join(", "))
    }
}

fn link(code: Code) -> String {
    format!("<a href=\"{}\"><code>{}</code></a>", code.page(), code.name())
}

/// Text that cannot be taken for markup.
fn escape(raw: &str) -> String {
    raw.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// The text of a JSON string, or nothing.
fn text(value: &Value) -> String {
    escape(value.as_str().unwrap_or_default())
}

/// The same, with its `code` set as code.
fn prose(value: &Value) -> String {
    marked(value.as_str().unwrap_or_default())
}

fn marked(raw: &str) -> String {
    let parts = raw.split('`').enumerate();
    parts
        .map(|(at, part)| if at % 2 == 1 { format!("<code>{}</code>", escape(part)) } else { escape(part) })
        .collect()
}

fn paragraphs(raw: &str) -> String {
    raw.split("\n\n").filter(|one| !one.is_empty()).map(|one| format!("<p>{}</p>\n", marked(one))).collect()
}

/// As much of Markdown as the contract's own introduction uses: paragraphs, headings and code.
fn markdown(raw: &str) -> String {
    let block = |block: &str| match block.trim().strip_prefix("## ") {
        Some(heading) => format!("<h2>{}</h2>\n", marked(heading)),
        None => paragraphs(block.trim()),
    };
    raw.split("\n\n").map(block).collect()
}
