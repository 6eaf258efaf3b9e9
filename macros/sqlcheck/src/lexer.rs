//! PostgreSQL's lexical rules, as far as they decide where a quote, a comment or a word ends.

use crate::mutants::mutant;
use crate::{Refusal, Rule};

/// A piece of a statement.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Token<'a> {
    /// A keyword or a name, as written.
    Word(&'a str),
    /// A name in double quotes, without them; a quote within it stands doubled.
    Quoted(&'a str),
    /// A string, a number or an argument.
    Value,
    /// An operator of one or more characters, `::` and `:=` among them.
    Operator(&'a str),
    /// One character of punctuation.
    Symbol(u8),
}

/// A token, where it begins and where it ends.
pub(crate) type Placed<'a> = (Token<'a>, usize, usize);

/// Reads tokens from a text. Each byte is looked at a bounded number of times.
#[derive(Debug)]
pub(crate) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    /// Rule: no control characters, in quotes either, so that the rest need not think of them.
    pub(crate) fn new(text: &'a str) -> Result<Self, Refusal> {
        match text.bytes().position(|byte| byte.is_ascii_control() && !matches!(byte, b'\n' | b'\r' | b'\t')) {
            Some(at) if !mutant!("new_control") => Err(Refusal::new(Rule::Control, text, at)),
            _ => Ok(Self { text, at: 0 }),
        }
    }

    /// The next token and the byte where it begins; `None` at the end.
    pub(crate) fn next_token(&mut self) -> Result<Option<(usize, Token<'a>)>, Refusal> {
        self.skip_space()?;
        let start = self.at;
        let Some(byte) = self.peek(0) else { return Ok(None) };
        let token = match byte {
            b'\'' => self.string(start, false)?,
            b'"' => self.quoted_name(start)?,
            b'$' => self.dollar(start)?,
            b'0'..=b'9' => self.number(start)?,
            b'.' if self.peek(1).is_some_and(|next| next.is_ascii_digit()) => self.number(start)?,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.word(start)?,
            b'`' | b'\\' | b'{' | b'}' => return Err(self.refuse(Rule::Character, start)),
            b':' if matches!(self.peek(1), Some(b':' | b'=')) => {
                self.at += 2;
                Token::Operator(self.since(start))
            }
            _ if is_operator(byte) => self.operator(start),
            _ => {
                self.at += 1;
                Token::Symbol(byte)
            }
        };
        Ok(Some((start, token)))
    }

    /// The byte behind the token that was read last.
    pub(crate) const fn position(&self) -> usize {
        self.at
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn refuse(&self, rule: Rule, at: usize) -> Refusal {
        Refusal::new(rule, self.text, at)
    }

    /// Passes white space and comments. A comment begins wherever `--` or `/*` stands outside quotes, in the middle of an operator, too:
    /// `a &-- b` is an ampersand and a comment.
    fn skip_space(&mut self) -> Result<(), Refusal> {
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(b' ' | b'\t' | b'\n' | b'\r'), _) => self.at += 1,
                (Some(b'-'), Some(b'-')) => self.line_comment(),
                (Some(b'/'), Some(b'*')) => self.block_comment()?,
                _ => return Ok(()),
            }
        }
    }

    /// `--` up to the end of the line, which a carriage return alone ends, too.
    fn line_comment(&mut self) {
        self.at += self.rest().find(['\n', '\r']).unwrap_or(self.rest().len());
    }

    /// `/* … */`, which nests.
    fn block_comment(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(b'/'), Some(b'*')) => {
                    depth += 1;
                    self.at += 2;
                }
                (Some(b'*'), Some(b'/')) => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return Ok(());
                    }
                }
                (Some(_), _) => self.at += 1,
                (None, _) => return Err(self.refuse(Rule::OpenComment, start)),
            }
        }
    }

    /// The longest run of operator characters that a comment does not cut short. Of several, a `+` or `-` at the end belongs to what follows,
    /// unless a character stands among them that no operator of standard SQL has.
    fn operator(&mut self, start: usize) -> Token<'a> {
        while self.peek(0).is_some_and(is_operator)
            && !matches!((self.peek(0), self.peek(1)), (Some(b'-'), Some(b'-')) | (Some(b'/'), Some(b'*')))
        {
            self.at += 1;
        }
        let own = self.since(start).bytes().any(|byte| matches!(byte, b'~' | b'!' | b'@' | b'#' | b'%' | b'^' | b'&' | b'|' | b'?'));
        while !own && self.at > start + 1 && self.since(start).ends_with(['+', '-']) {
            self.at -= 1;
        }
        Token::Operator(self.since(start))
    }

    /// Rule: where a string ends does not depend on a setting. `'…'`, the reader standing on its quote; with `escapes`, a backslash takes the next character with it (`E'…'`). A string goes on
    /// after a line break: the second part of `E'a'⏎'b\''` has escapes as the first one has. In a plain string a backslash is itself unless
    /// somebody has switched `standard_conforming_strings` off; one that would then take a quote with it is refused, so that the end of a
    /// string never depends on a setting.
    fn string(&mut self, start: usize, escapes: bool) -> Result<Token<'a>, Refusal> {
        self.at += 1;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(b'\\'), Some(b'\'')) if !escapes && !mutant!("string") => return Err(self.refuse(Rule::Backslash, self.at)),
                (Some(b'\\'), Some(b'\\')) => self.at += 2,
                (Some(b'\\'), Some(_)) if escapes => self.at += 2,
                (Some(b'\''), Some(b'\'')) => self.at += 2,
                (Some(b'\''), _) => {
                    self.at += 1;
                    match self.continuation() {
                        Some(next) => self.at = next,
                        None => return Ok(Token::Value),
                    }
                }
                (Some(_), _) => self.at += 1,
                (None, _) => return Err(self.refuse(Rule::OpenString, start)),
            }
        }
    }

    /// The byte after the quote that continues a string: between the two stand white space and `--` comments with at least one line break.
    fn continuation(&self) -> Option<usize> {
        let mut ahead = Self { text: self.text, at: self.at };
        let mut line_break = false;
        loop {
            match (ahead.peek(0)?, ahead.peek(1)) {
                (b' ' | b'\t', _) => ahead.at += 1,
                (b'\n' | b'\r', _) => {
                    line_break = true;
                    ahead.at += 1;
                }
                (b'-', Some(b'-')) => ahead.line_comment(),
                (b'\'', _) if line_break => return Some(ahead.at + 1),
                _ => return None,
            }
        }
    }

    fn quoted_name(&mut self, start: usize) -> Result<Token<'a>, Refusal> {
        self.at += 1;
        let inside = self.at;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(b'"'), Some(b'"')) => self.at += 2,
                (Some(b'"'), _) => {
                    let name = self.since(inside);
                    self.at += 1;
                    return Ok(Token::Quoted(name));
                }
                (Some(_), _) => self.at += 1,
                (None, _) => return Err(self.refuse(Rule::OpenName, start)),
            }
        }
    }

    /// `$1`, or `$tag$ … $tag$`.
    fn dollar(&mut self, start: usize) -> Result<Token<'a>, Refusal> {
        self.at += 1;
        if self.peek(0).is_some_and(|byte| byte.is_ascii_digit()) {
            self.skip_while(|byte| byte.is_ascii_digit());
            return if self.runs_on() { Err(self.refuse(Rule::Number, start)) } else { Ok(Token::Value) };
        }
        self.skip_visible(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80)?;
        if self.peek(0) != Some(b'$') {
            return Err(self.refuse(Rule::Dollar, start));
        }
        self.at += 1;
        let tag = self.since(start);
        match self.rest().find(tag) {
            Some(length) => {
                self.at += length + tag.len();
                Ok(Token::Value)
            }
            None => Err(self.refuse(Rule::OpenDollarQuote, start)),
        }
    }

    /// A number in any of PostgreSQL's forms. One that runs into a word is an error to some servers and two tokens to others, one of which
    /// could be the E of a string with escapes: refused.
    fn number(&mut self, start: usize) -> Result<Token<'a>, Refusal> {
        self.skip_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
        let exponent = self.since(start).ends_with(['e', 'E']) && matches!(self.peek(0), Some(b'+' | b'-'));
        if exponent && self.peek(1).is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
            self.skip_while(|byte| byte.is_ascii_digit());
        }
        if self.runs_on() || !is_number(self.since(start)) { Err(self.refuse(Rule::Number, start)) } else { Ok(Token::Value) }
    }

    /// Rule: nothing stands right behind a number that a server could take for a part of it.
    fn runs_on(&self) -> bool {
        !mutant!("runs_on")
            && self.peek(0).is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$' | b'\'' | b'"') || byte >= 0x80)
    }

    /// Rule: no `U&`, whose escapes make one name or string of another.
    fn word(&mut self, start: usize) -> Result<Token<'a>, Refusal> {
        self.skip_visible(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80)?;
        match (self.since(start), self.peek(0), self.peek(1)) {
            ("e" | "E", Some(b'\''), _) => self.string(start, true),
            ("b" | "B" | "x" | "X" | "n" | "N", Some(b'\''), _) => self.string(start, false),
            ("u" | "U", Some(b'&'), Some(b'\'' | b'"')) if !mutant!("word_unicode") => Err(self.refuse(Rule::UnicodeEscape, start)),
            (word, ..) => Ok(Token::Word(word)),
        }
    }

    fn skip_while(&mut self, part: impl Fn(u8) -> bool) {
        while self.peek(0).is_some_and(&part) {
            self.at += 1;
        }
    }

    /// Passes the characters of a name, none of which may be invisible.
    fn skip_visible(&mut self, part: impl Fn(u8) -> bool) -> Result<(), Refusal> {
        let start = self.at;
        self.skip_while(part);
        match self.since(start).char_indices().find(|&(_, c)| is_invisible(c)) {
            Some((offset, _)) => Err(self.refuse(Rule::Invisible, start + offset)),
            None => Ok(()),
        }
    }
}

/// The characters that operators are made of.
const fn is_operator(byte: u8) -> bool {
    matches!(byte, b'+' | b'-' | b'*' | b'/' | b'<' | b'>' | b'=' | b'~' | b'!' | b'@' | b'#' | b'%' | b'^' | b'&' | b'|' | b'?')
}

/// Rule: no white space, control and format characters outside ASCII: a reader sees a gap or nothing, PostgreSQL sees a letter.
fn is_invisible(c: char) -> bool {
    !mutant!("is_invisible")
        && !c.is_ascii()
        && (c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{ad}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e007f}'))
}

/// `42`, `1_000`, `3.5`, `.5`, `1e-9`, `0x1F`, `0o17`, `0b101`.
fn is_number(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    if let Some(radix) = text.strip_prefix('0').and_then(|rest| rest.strip_prefix(['x', 'X', 'o', 'O', 'b', 'B'])) {
        return !radix.is_empty() && radix.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'_');
    }
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    digits(whole) && digits(fraction) && !exponent.is_empty() && digits(exponent)
}
