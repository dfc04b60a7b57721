//! Drawings as SVG: one file without scripts, styles, fonts or anything from elsewhere.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use super::drawing::{Anchor, Drawing, Group, Ink, Mark, Point, Stroke, Words};

/// The fonts of systems, the usual one first.
const FONTS: &str = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Noto Sans, Liberation Sans, DejaVu Sans, Arial, sans-serif";

/// The drawing as SVG. The same drawing is the same text.
pub fn svg(drawing: &Drawing) -> String {
    let (width, height) = (number(drawing.size.0), number(drawing.size.1));
    let mut svg = Svg(String::new());
    svg.begin(
        "svg",
        &[
            ("xmlns", "http://www.w3.org/2000/svg"),
            ("viewBox", &format!("0 0 {width} {height}")),
            ("width", &width),
            ("height", &height),
            ("lang", drawing.language),
            ("role", "img"),
            ("aria-labelledby", "title desc"),
            ("font-family", FONTS),
        ],
    );
    svg.leaf("title", &[("id", "title")], &drawing.title);
    svg.leaf("desc", &[("id", "desc")], &drawing.description);
    let ground = [("width", width.as_str()), ("height", height.as_str()), ("fill", &colour(Ink::WHITE))];
    svg.empty("rect", &ground);
    svg.marks(&drawing.marks);
    svg.end("svg");
    svg.0
}

/// What is written of an SVG: all that stands in it is escaped here.
struct Svg(String);

impl Svg {
    fn tag(&mut self, name: &str, attributes: &[(&str, &str)], end: &str) {
        self.0.push('<');
        self.0.push_str(name);
        for (name, value) in attributes {
            // A `String` takes all that is written.
            let _ = write!(self.0, " {name}=\"{}\"", escape(clean(value)));
        }
        self.0.push_str(end);
    }

    fn begin(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes, ">");
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes, "/>\n");
    }

    fn end(&mut self, name: &str) {
        let _ = writeln!(self.0, "</{name}>");
    }

    fn leaf(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.begin(name, attributes);
        self.0.push_str(&escape(clean(text)));
        self.end(name);
    }

    fn marks(&mut self, marks: &[Mark]) {
        for mark in marks {
            match mark {
                Mark::Lines(lines, stroke) => self.lines(lines, *stroke),
                Mark::Area((left, top), (width, height), ink) => {
                    let [x, y, width, height] = [*left, *top, *width, *height].map(number);
                    let fill = colour(*ink);
                    self.empty(
                        "rect",
                        &[("x", &x), ("y", &y), ("width", &width), ("height", &height), ("fill", &fill)],
                    );
                }
                Mark::Polygon(points, ink) => {
                    let points: Vec<_> = points.iter().map(|at| pair(*at)).collect();
                    self.empty("polygon", &[("points", &points.join(" ")), ("fill", &colour(*ink))]);
                }
                Mark::Circle((x, y), radius, ink, stroke) => {
                    let [x, y, radius] = [*x, *y, *radius].map(number);
                    let (fill, line, width) = (colour(*ink), colour(stroke.ink), number(stroke.width));
                    self.empty(
                        "circle",
                        &[
                            ("cx", &x),
                            ("cy", &y),
                            ("r", &radius),
                            ("fill", &fill),
                            ("stroke", &line),
                            ("stroke-width", &width),
                        ],
                    );
                }
                Mark::Text(words) => self.words(words),
                Mark::Group(group) => self.group(group),
            }
        }
    }

    fn lines(&mut self, lines: &[(Point, Point)], stroke: Stroke) {
        let path: Vec<_> = lines.iter().map(|(from, to)| format!("M{}L{}", pair(*from), pair(*to))).collect();
        let (path, ink, width) = (path.join(""), colour(stroke.ink), number(stroke.width));
        let dash = stroke.dash.map(|(dash, gap)| format!("{} {}", number(dash), number(gap)));
        let mut attributes =
            vec![("d", path.as_str()), ("fill", "none"), ("stroke", &ink), ("stroke-width", &width)];
        attributes.extend(dash.as_deref().map(|dash| ("stroke-dasharray", dash)));
        self.empty("path", &attributes);
    }

    fn words(&mut self, words: &Words) {
        let (x, y, size, ink) =
            (number(words.at.0), number(words.at.1), number(words.size), colour(words.ink));
        let mut attributes = vec![("x", x.as_str()), ("y", &y), ("font-size", &size), ("fill", &ink)];
        attributes.extend(words.is_bold.then_some(("font-weight", "600")));
        match words.anchor {
            Anchor::Start => {}
            Anchor::Middle => attributes.push(("text-anchor", "middle")),
            Anchor::End => attributes.push(("text-anchor", "end")),
        }
        self.begin("text", &attributes);
        self.0.push_str(&escape(clean(&words.text)));
        if let Some(whole) = &words.whole {
            self.begin("title", &[]);
            self.0.push_str(&escape(clean(whole)));
            self.0.push_str("</title>");
        }
        self.end("text");
    }

    fn group(&mut self, Group { about, data, marks }: &Group) {
        let names: Vec<_> = data.iter().map(|(name, value)| (format!("data-{name}"), value)).collect();
        let attributes: Vec<_> = names.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.begin("g", &attributes);
        self.leaf("title", &[], about);
        self.marks(marks);
        self.end("g");
    }
}

/// The text without the signs that XML has not.
fn clean(text: &str) -> String {
    let is_there = |c: &char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    text.chars().map(|c| if matches!(c, '\n' | '\t') { ' ' } else { c }).filter(is_there).collect()
}

/// A number with one decimal at most.
fn number(value: f32) -> String {
    let tenths = (value * 10.0).round() as i32;
    if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{:.1}", f64::from(tenths) / 10.0) }
}

fn pair((x, y): Point) -> String {
    format!("{},{}", number(x), number(y))
}

fn colour(Ink(red, green, blue): Ink) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped() {
        let words = Words {
            at: (1.0, -2.25),
            text: "<b>&\"'\u{0}\u{8}\n</text>".to_owned(),
            size: 12.0,
            is_bold: false,
            ink: Ink::BLACK,
            anchor: Anchor::Start,
            whole: Some("</title><script>".to_owned()),
        };
        let group = Group {
            about: "<g>".to_owned(),
            data: vec![("code", "\" onload=\"x".to_owned())],
            marks: vec![Mark::Text(words)],
        };
        let drawing = Drawing {
            size: (10.0, 20.5),
            language: "en",
            title: "</title>&".to_owned(),
            description: "]]>".to_owned(),
            marks: vec![Mark::Group(group)],
        };
        let svg = svg(&drawing);
        for wanted in [
            "<title id=\"title\">&lt;/title&gt;&amp;</title>",
            "<desc id=\"desc\">]]&gt;</desc>",
            "<g data-code=\"&quot; onload=&quot;x\"><title>&lt;g&gt;</title>",
            ">&lt;b&gt;&amp;&quot;&apos; &lt;/text&gt;<title>&lt;/title&gt;&lt;script&gt;</title></text>",
            "viewBox=\"0 0 10 20.5\"",
            "x=\"1\" y=\"-2.3\"",
        ] {
            assert!(svg.contains(wanted), "{wanted} is not in {svg}");
        }
    }
}
