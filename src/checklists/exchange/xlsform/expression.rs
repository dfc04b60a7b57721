//! The expressions of `relevant`, `constraint` and `calculation`: as much of XPath as a checklist can express.

/// How deep an expression may nest.
const DEEPEST: usize = 24;
/// Longest expression, in bytes.
const LONGEST: usize = 20_000;
/// No more characters of what is not understood than this are repeated.
const LONGEST_REPEATED: usize = 40;

/// A part of an expression, with the place of its first character, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Where it begins.
    pub at: usize,
    /// What it is.
    pub kind: Expr,
}

/// What a part of an expression can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// `a or b or c`
    Or(Vec<Node>),
    /// `a and b and c`
    And(Vec<Node>),
    /// `a <= b`
    Compare(Op, Box<(Node, Node)>),
    /// `selected(a, b)`, `not(a)`
    Call(String, Vec<Node>),
    /// `${name}`
    Var(String),
    /// `.`
    This,
    /// `'a text'`
    Text(String),
    /// `-1.50`, as it is written
    Number(String),
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// `=`
    Equal,
    /// `!=`
    Differs,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Op {
    /// As XPath writes it.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Differs => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }

    /// As a rule writes it.
    pub const fn in_rules(self) -> &'static str {
        match self {
            Self::Equal => "===",
            Self::Differs => "!==",
            other => other.sign(),
        }
    }

    /// What it is when its sides change places.
    pub const fn turned(self) -> Self {
        match self {
            Self::Less => Self::More,
            Self::AtMost => Self::AtLeast,
            Self::More => Self::Less,
            Self::AtLeast => Self::AtMost,
            same => same,
        }
    }

    /// Whether the order of both sides matters.
    pub const fn orders(self) -> bool {
        !matches!(self, Self::Equal | Self::Differs)
    }
}

/// Why an expression is refused, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The character at which it is, counted from 1.
    pub at: usize,
    /// The code of the mistake.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
}

impl Mistake {
    /// A mistake at this character.
    pub fn new(at: usize, code: &'static str, message: impl Into<String>) -> Self {
        Self { at, code, message: message.into() }
    }
}

type Parsed<T> = Result<T, Mistake>;

/// Reads an expression.
///
/// # Errors
/// The part that a checklist cannot express, with its place.
pub fn parse(text: &str) -> Parsed<Node> {
    if text.len() > LONGEST {
        return Err(Mistake::new(1, "malformed_expression", "This expression is too long."));
    }
    let mut parser = Parser { tokens: tokens(text)?, next: 0, depth: 0 };
    let node = parser.or()?;
    match parser.peek() {
        (_, Token::End) => Ok(node),
        (at, other) => Err(unexpected(*at, other)),
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Var(String),
    Text(String),
    Number(String),
    Name(String),
    Compare(Op),
    Sign(char),
    End,
}

fn unexpected(at: usize, token: &Token) -> Mistake {
    let message = match token {
        Token::End => "The expression ends too soon.".to_owned(),
        Token::Sign(sign @ ('+' | '-' | '*' | '|' | '/')) => arithmetic(&sign.to_string()),
        Token::Name(name) if ["div", "mod"].contains(&name.as_str()) => arithmetic(name),
        Token::Sign(sign) => format!("A checklist cannot say `{sign}` here."),
        Token::Var(name) | Token::Text(name) | Token::Number(name) | Token::Name(name) => {
            format!("A checklist cannot say `{}` here.", short(name))
        }
        Token::Compare(op) => format!("A checklist cannot say `{}` here.", op.sign()),
    };
    Mistake::new(at, "expression_not_kept", message)
}

fn arithmetic(sign: &str) -> String {
    format!("A checklist cannot calculate: `{sign}` cannot be kept.")
}

fn short(text: &str) -> String {
    text.chars().take(LONGEST_REPEATED).collect()
}

fn tokens(text: &str) -> Parsed<Vec<(usize, Token)>> {
    let chars: Vec<char> = text.chars().collect();
    let (mut tokens, mut at) = (Vec::new(), 0);
    while let Some(&c) = chars.get(at) {
        let rest = chars.get(at..).unwrap_or_default();
        let follows = rest.get(1).copied().unwrap_or(' ');
        let (length, token) = match c {
            _ if c.is_whitespace() => {
                at += 1;
                continue;
            }
            '$' if follows == '{' => variable(rest)
                .ok_or_else(|| Mistake::new(at + 1, "malformed_expression", "`${` needs a name and `}`."))?,
            '\'' | '"' | '‘' | '’' | '“' | '”' => quoted(rest).ok_or_else(|| {
                Mistake::new(at + 1, "malformed_expression", "The text that begins here has no end.")
            })?,
            '0'..='9' => number(rest),
            '.' if follows.is_ascii_digit() => number(rest),
            '=' => (1, Token::Compare(Op::Equal)),
            '!' if follows == '=' => (2, Token::Compare(Op::Differs)),
            '<' if follows == '=' => (2, Token::Compare(Op::AtMost)),
            '>' if follows == '=' => (2, Token::Compare(Op::AtLeast)),
            '<' => (1, Token::Compare(Op::Less)),
            '>' => (1, Token::Compare(Op::More)),
            _ if c.is_alphabetic() || c == '_' => name(rest),
            _ => (1, Token::Sign(c)),
        };
        tokens.push((at + 1, token));
        at += length;
    }
    tokens.push((at + 1, Token::End));
    Ok(tokens)
}

fn variable(rest: &[char]) -> Option<(usize, Token)> {
    let end = rest.iter().position(|c| *c == '}')?;
    let name: String = rest.get(2..end)?.iter().collect();
    let name = name.trim().to_owned();
    (!name.is_empty()).then_some((end + 1, Token::Var(name)))
}

fn quoted(rest: &[char]) -> Option<(usize, Token)> {
    // Word processors make quotes typographic, and often only one of the two.
    let closes: &[char] = match rest.first()? {
        '\'' => &['\''],
        '"' => &['"'],
        '‘' | '’' => &['‘', '’', '\''],
        _ => &['“', '”', '"'],
    };
    let end = 1 + rest.iter().skip(1).position(|c| closes.contains(c))?;
    Some((end + 1, Token::Text(rest.get(1..end)?.iter().collect())))
}

fn number(rest: &[char]) -> (usize, Token) {
    let number: String = rest.iter().take_while(|c| c.is_ascii_digit() || **c == '.').collect();
    (number.len(), Token::Number(number))
}

fn name(rest: &[char]) -> (usize, Token) {
    let part = |c: &&char| c.is_alphanumeric() || matches!(**c, '_' | '-' | '.' | ':');
    let name: String = rest.iter().take_while(part).collect();
    (name.chars().count(), Token::Name(name))
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> &(usize, Token) {
        const NOTHING: &(usize, Token) = &(0, Token::End);
        self.tokens.get(self.next).or(self.tokens.last()).unwrap_or(NOTHING)
    }

    fn take(&mut self) -> (usize, Token) {
        let token = self.peek().clone();
        self.next += 1;
        token
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), (_, Token::Name(name)) if name == word)
    }

    fn or(&mut self) -> Parsed<Node> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Mistake::new(self.peek().0, "too_deep", "The expression nests too deep."));
        }
        let node = self.chain("or", Self::and, Expr::Or)?;
        self.depth -= 1;
        Ok(node)
    }

    fn and(&mut self) -> Parsed<Node> {
        self.chain("and", Self::comparison, Expr::And)
    }

    fn chain(
        &mut self,
        word: &str,
        part: fn(&mut Self) -> Parsed<Node>,
        make: fn(Vec<Node>) -> Expr,
    ) -> Parsed<Node> {
        let first = part(self)?;
        let at = first.at;
        let mut parts = vec![first];
        while self.is_word(word) {
            self.take();
            parts.push(part(self)?);
        }
        match parts.pop() {
            Some(only) if parts.is_empty() => Ok(only),
            last => {
                parts.extend(last);
                Ok(Node { at, kind: make(parts) })
            }
        }
    }

    fn comparison(&mut self) -> Parsed<Node> {
        let left = self.value()?;
        let (_, Token::Compare(op)) = *self.peek() else { return Ok(left) };
        self.take();
        let right = self.value()?;
        Ok(Node { at: left.at, kind: Expr::Compare(op, Box::new((left, right))) })
    }

    fn value(&mut self) -> Parsed<Node> {
        let (at, token) = self.take();
        let kind = match token {
            Token::Var(name) => Expr::Var(name),
            Token::Text(text) => Expr::Text(text),
            Token::Number(number) => Expr::Number(number),
            Token::Sign('.') => Expr::This,
            Token::Sign('-') => match self.take() {
                (_, Token::Number(number)) => Expr::Number(format!("-{number}")),
                _ => return Err(unexpected(at, &Token::Sign('-'))),
            },
            Token::Sign('(') => {
                let inner = self.or()?;
                self.expect(')')?;
                inner.kind
            }
            Token::Name(name) if *self.peek() == (self.peek().0, Token::Sign('(')) => {
                self.take();
                Expr::Call(name, self.arguments()?)
            }
            other => return Err(unexpected(at, &other)),
        };
        Ok(Node { at, kind })
    }

    fn arguments(&mut self) -> Parsed<Vec<Node>> {
        let mut arguments = Vec::new();
        if self.peek().1 != Token::Sign(')') {
            arguments.push(self.or()?);
            while self.peek().1 == Token::Sign(',') {
                self.take();
                arguments.push(self.or()?);
            }
        }
        self.expect(')')?;
        Ok(arguments)
    }

    fn expect(&mut self, sign: char) -> Parsed<()> {
        match self.take() {
            (_, Token::Sign(found)) if found == sign => Ok(()),
            (at, other) => Err(unexpected(at, &other)),
        }
    }
}
