//! Values as a person might have entered them, from a definition and a seed.

use tenantry::schema::{Arg, ColumnDef, Kind, ModelDef};
use tenantry::{Date, Money, Timestamp};

use crate::draw::Draw;

/// How often a column that takes null is null.
const NULL_PERCENT: usize = 30;
/// Days and instants lie between 2020-01-01 and some six years later.
const FIRST_DAY: i32 = 7_305;
const DAYS: u64 = 2_192;
const DAY_MICROS: i64 = 86_400_000_000;
/// How long a text is where the column sets no bound, in characters.
const LONGEST: usize = 40;

/// The values of [`ModelDef::insertable`], in its order: money has two arguments, every other kind one. It is for tools that only know
/// definitions; a test takes [`draft`](super::draft()).
#[must_use]
pub fn values(def: &ModelDef, seed: u64) -> Vec<Vec<Arg>> {
    let mut draw = Draw::new(def.table.bytes().fold(seed, |mixed, byte| mixed.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte)));
    def.insertable().map(|column| value(def, column, seed, &mut draw)).collect()
}

fn value(def: &ModelDef, column: &ColumnDef, seed: u64, draw: &mut Draw) -> Vec<Arg> {
    let (null, unique) = (draw.percent(NULL_PERCENT), def.in_unique_key(column.name));
    if column.nullable && (column.reference().is_some() || (null && !unique)) {
        let mut args = Vec::new();
        column.kind.bind_null(&mut args);
        return args;
    }
    // A unique column counts up with the seed; the others repeat themselves, as they do in life.
    let number = if unique { seed } else { draw.next() };
    let small = |end: u64| number % end;
    match column.kind {
        Kind::Id(_) | Kind::Uuid => vec![Arg::Uuid(Some(draw.uuid()))],
        Kind::Text if unique => vec![Arg::Text(Some(code(column, seed)))],
        Kind::Text => vec![Arg::Text(Some(words(column, draw)))],
        Kind::Enum(words) => vec![Arg::Text(draw.pick(words).map(|word| (*word).to_owned()))],
        Kind::Bool => vec![Arg::Bool(Some(draw.percent(50)))],
        Kind::I32 => vec![Arg::I32(i32::try_from(small(if unique { 1 << 31 } else { 100 })).ok())],
        Kind::I64 => vec![Arg::I64(i64::try_from(small(if unique { 1 << 53 } else { 10_000 })).ok().map(|number| number.min(Money::MAX)))],
        Kind::Money => {
            let amount = i64::try_from(small(100_000)).unwrap_or_default();
            vec![Arg::I64(Some(amount)), Arg::Text(Some("EUR".to_owned()))]
        }
        Kind::Date => vec![Arg::Date(Date::from_pg_days(day(small(DAYS))).ok())],
        Kind::Timestamp => {
            let micros = i64::from(day(small(DAYS))) * DAY_MICROS + i64::try_from(small(86_400)).unwrap_or_default() * 1_000_000;
            vec![Arg::Timestamp(Timestamp::from_pg_micros(micros).ok())]
        }
    }
}

fn day(after: u64) -> i32 {
    FIRST_DAY + i32::try_from(after).unwrap_or_default()
}

/// The seed in letters and digits, as long as the column takes: its end, where neighbours differ.
fn code(column: &ColumnDef, seed: u64) -> String {
    let (mut digits, mut rest) = (Vec::new(), seed);
    loop {
        digits.push(char::from_digit(u32::try_from(rest % 36).unwrap_or_default(), 36).unwrap_or('0'));
        rest /= 36;
        if rest == 0 {
            break;
        }
    }
    let max = longest(column);
    digits.truncate(max);
    let room = max - digits.len();
    let start = column.name.chars().chain(['-']).take(if room > 1 { room } else { 0 });
    start.chain(digits.into_iter().rev()).collect()
}

/// One to three words that nobody has used yet.
fn words(column: &ColumnDef, draw: &mut Draw) -> String {
    const FIRST: &[&str] = &["B", "D", "F", "K", "L", "M", "N", "P", "R", "S", "T", "V"];
    const VOWELS: &[&str] = &["a", "e", "i", "o", "u"];
    const MIDDLE: &[&str] = &["l", "m", "n", "r", "s", "nd", "lt", "rk", "st"];
    let mut text = String::new();
    for word in 0..1 + draw.below(3) {
        if word > 0 {
            text.push(' ');
        }
        for part in [FIRST, VOWELS, MIDDLE, VOWELS, MIDDLE].into_iter().take(4 + draw.below(2)) {
            text.push_str(draw.pick(part).copied().unwrap_or_default());
        }
    }
    // Every letter is one byte, so it may be cut anywhere; a text does not end in a blank.
    text.truncate(longest(column));
    text.trim_end().to_owned()
}

fn longest(column: &ColumnDef) -> usize {
    column.max_len.map_or(LONGEST, |max| usize::try_from(max).unwrap_or(LONGEST).min(LONGEST))
}
