//! What the service logs while it is proven: every event and every span is looked at for values of rows, and the statements that sqlx
//! reports are counted.

use std::collections::HashSet;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

use super::canary;

/// The target of sqlx's events about statements.
const STATEMENTS: &str = "sqlx::query";

/// What was heard so far. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Log(Arc<Mutex<Heard>>);

#[derive(Debug, Default)]
struct Heard {
    lines: u64,
    statements: HashSet<String>,
    /// The first line with a value of a row since it was last asked for.
    fault: Option<String>,
}

impl Log {
    /// A subscriber that hears everything down to `debug` on behalf of this log.
    pub(super) fn subscriber(&self) -> impl Subscriber + Send + Sync + use<> {
        tracing_subscriber::registry().with(Ear(self.clone()).with_filter(LevelFilter::DEBUG))
    }

    /// The line that carries a value of a row, if there was one since the last time.
    pub(super) fn fault(&self) -> Result<(), String> {
        self.heard().fault.take().map_or(Ok(()), Err)
    }

    /// How many lines and spans were looked at.
    pub(super) fn lines(&self) -> u64 {
        self.heard().lines
    }

    /// How many statements of different text the service has sent.
    pub(super) fn statements(&self) -> usize {
        self.heard().statements.len()
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hear(&self, target: &str, fields: &Fields) {
        let mut heard = self.heard();
        heard.lines += 1;
        if target == STATEMENTS && fields.statement.as_ref().is_some_and(|text| !heard.statements.insert(text.clone())) {
            // It was looked at when it came for the first time.
            return;
        }
        if let Some(value) = canary::row_value(&fields.text) {
            let fault = format!("the log has a value of a row, {value}: {target}:{}", fields.text);
            heard.fault.get_or_insert(fault);
        }
    }
}

struct Ear(Log);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Ear {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        self.0.hear(attributes.metadata().target(), &fields);
    }

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        self.0.hear("a span", &fields);
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        self.0.hear(event.metadata().target(), &fields);
    }
}

/// The fields of a line, as text.
#[derive(Default)]
struct Fields {
    text: String,
    statement: Option<String>,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a string cannot fail.
        let _ = write!(self.text, " {}={value:?}", field.name());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let _ = write!(self.text, " {}={value}", field.name());
        // sqlx gives a short statement as its summary alone.
        match field.name() {
            "summary" => self.statement = self.statement.take().or_else(|| Some(value.trim().to_owned())),
            "db.statement" if !value.trim().is_empty() => self.statement = Some(value.trim().to_owned()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_rows_are_heard_in_events_and_spans() {
        let log = Log::default();
        tracing::subscriber::with_default(log.subscriber(), || {
            tracing::info!(table = "customers", "a row cannot be written");
            assert_eq!(log.fault(), Ok(()));
            tracing::debug!(name = "Alfreds qzx123456789");
            assert!(log.fault().unwrap_err().contains("qzx123456789"));
            assert_eq!(log.fault(), Ok(()), "it is told once");
            let span = tracing::info_span!("request", total = tracing::field::Empty);
            span.record("total", 710_300_000_001_i64);
            assert!(log.fault().unwrap_err().contains("710300000001"));
        });
        assert_eq!(log.lines(), 4);
    }

    #[test]
    fn statements_are_counted_by_their_text() {
        let log = Log::default();
        tracing::subscriber::with_default(log.subscriber(), || {
            for (summary, text) in [("select 1", ""), ("select 1", ""), ("insert into t …", "\n\ninsert into t values ($1)\n")] {
                tracing::debug!(target: "sqlx::query", summary, db.statement = text, rows_affected = 1);
            }
        });
        assert_eq!(log.statements(), 2);
    }
}
