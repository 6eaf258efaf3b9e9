//! What a list asks for: filters, order, and where the page starts.

use std::fmt;
use std::marker::PhantomData;

use crate::schema::{Arg, Cells, Col, Column, ColumnDef, Date, Kind, ModelDef, ReadError, Record, Source, Timestamp};
use crate::sql::{Op, Shape};

/// The most rows of a page.
pub const MAX_LIMIT: u32 = 200;

/// A condition on a column.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The column.
    pub column: &'static ColumnDef,
    /// How it is compared.
    pub op: Op,
    /// What it is compared with; none for the two that ask for null.
    pub arg: Option<Arg>,
}

/// A column of the order.
#[derive(Clone, Copy, Debug)]
pub struct Sort {
    /// The column.
    pub column: &'static ColumnDef,
    /// From the largest to the smallest.
    pub descending: bool,
}

/// A condition on a column of `M`, made by [`Col`]: `Customer::NAME.prefix("A")`. A list of another model does not take it.
pub struct Condition<M> {
    pub(super) filter: Filter,
    model: PhantomData<fn() -> M>,
}

/// An order by a column of `M`, made by [`Col`]: `Customer::NAME.desc()`. A list of another model does not take it.
pub struct Order<M> {
    pub(super) sort: Sort,
    model: PhantomData<fn() -> M>,
}

impl<M> Clone for Condition<M> {
    fn clone(&self) -> Self {
        Self { filter: self.filter.clone(), model: PhantomData }
    }
}

impl<M> fmt::Debug for Condition<M> {
    // The value is a tenant's data and does not belong into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.filter.column.name, self.filter.op)
    }
}

impl<M> Clone for Order<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Order<M> {}

impl<M> fmt::Debug for Order<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.sort.descending { "-" } else { "" }, self.sort.column.name)
    }
}

/// What a list asks for.
#[derive(Clone, Debug)]
pub struct ListQuery {
    /// The conditions, all of which hold.
    pub filters: Vec<Filter>,
    /// The order; the key ends it.
    pub sorts: Vec<Sort>,
    /// The most rows, 1 to [`MAX_LIMIT`].
    pub limit: u32,
    /// The values of the order's columns and the key of the row that the page starts behind.
    pub after: Option<Vec<Arg>>,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self { filters: Vec::new(), sorts: Vec::new(), limit: 50, after: None }
    }
}

impl ListQuery {
    /// What the text of the statement depends on. Filters are put in the order of the columns, so that `?a=1&b=2` and `?b=2&a=1` are one
    /// prepared statement.
    pub(crate) fn canonical(&mut self, model: &ModelDef) -> Shape {
        let position = |column: &ColumnDef| model.columns.iter().position(|other| other.name == column.name);
        self.filters.sort_by_key(|filter| (position(filter.column), filter.op as u8));
        Shape {
            filters: self.filters.iter().map(|filter| (filter.column.name, filter.op)).collect(),
            sorts: self.sorts.iter().map(|sort| (sort.column.name, sort.descending)).collect(),
            after: self.after.is_some(),
        }
    }

    /// The values of a row that a next page would start behind: those of the order's columns, then the key.
    pub(crate) fn keys(&self, model: &ModelDef, source: &dyn Source) -> Result<Vec<Arg>, ReadError> {
        let mut keys = Vec::with_capacity(self.sorts.len() + 1);
        for sort in &self.sorts {
            keys.push(read_arg(model, sort.column.name, source)?);
        }
        keys.push(read_arg(model, "id", source)?);
        Ok(keys)
    }
}

/// The cell of a column as an argument. The tenant's cell is the first of a row.
fn read_arg(model: &ModelDef, name: &str, source: &dyn Source) -> Result<Arg, ReadError> {
    let mut position = 1;
    for column in model.columns {
        if column.name == name {
            let mut cells = Cells::new(source);
            cells.skip(position);
            return arg_of(column.kind, &mut cells);
        }
        position += column.kind.width();
    }
    Err(ReadError::Missing)
}

fn arg_of(kind: Kind, cells: &mut Cells<'_>) -> Result<Arg, ReadError> {
    Ok(match kind {
        Kind::Id(_) | Kind::Uuid => Arg::Uuid(Option::read(cells)?),
        Kind::Text | Kind::Enum(_) => Arg::Text(Option::read(cells)?),
        Kind::Bool => Arg::Bool(Option::read(cells)?),
        Kind::I32 => Arg::I32(Option::read(cells)?),
        Kind::I64 => Arg::I64(Option::read(cells)?),
        Kind::Date => Arg::Date(Option::read(cells)?),
        Kind::Timestamp => Arg::Timestamp(Option::read(cells)?),
        // Refused as a sort, since it is two columns.
        Kind::Money => return Err(ReadError::Form("money")),
    })
}

/// Types whose order means something: numbers and times.
pub trait Ordered: Column {}

impl Ordered for i32 {}
impl Ordered for i64 {}
impl Ordered for Date {}
impl Ordered for Timestamp {}

/// The arguments that a column of that kind reads as: as many as it has physical columns.
pub(crate) fn args_of(kind: Kind, cells: &mut Cells<'_>) -> Result<Vec<Arg>, ReadError> {
    match kind {
        Kind::Money => Ok(vec![Arg::I64(Option::read(cells)?), Arg::Text(Option::read(cells)?)]),
        kind => Ok(vec![arg_of(kind, cells)?]),
    }
}

impl<M: Record, T: Column, const FILTER: bool, const SORT: bool> Col<M, T, FILTER, SORT> {
    /// The attribute makes a `Col` for a field that exists, so the definition is there.
    fn def(self) -> &'static ColumnDef {
        const NONE: ColumnDef = ColumnDef::new("", Kind::Bool, false);
        M::DEF.column(self.name()).unwrap_or(&NONE)
    }
}

impl<M: Record, T: Column, const SORT: bool> Col<M, T, true, SORT> {
    fn compare(self, op: Op, value: impl Into<T::Value>) -> Condition<M> {
        let mut args = Vec::with_capacity(1);
        value.into().bind(&mut args);
        Condition { filter: Filter { column: self.def(), op, arg: args.pop() }, model: PhantomData }
    }

    /// Equal to the value.
    #[must_use]
    pub fn eq(self, value: impl Into<T::Value>) -> Condition<M> {
        self.compare(Op::Eq, value)
    }

    /// Null.
    #[must_use]
    pub fn is_null(self) -> Condition<M> {
        Condition { filter: Filter { column: self.def(), op: Op::IsNull, arg: None }, model: PhantomData }
    }

    /// Not null.
    #[must_use]
    pub fn is_not_null(self) -> Condition<M> {
        Condition { filter: Filter { column: self.def(), op: Op::IsNotNull, arg: None }, model: PhantomData }
    }

    /// Starts with the text.
    #[must_use]
    pub fn prefix(self, text: impl Into<T::Value>) -> Condition<M>
    where
        T: Column<Value = String>,
    {
        self.compare(Op::Prefix, text)
    }

    /// Greater than the value.
    #[must_use]
    pub fn gt(self, value: impl Into<T::Value>) -> Condition<M>
    where
        T::Value: Ordered,
    {
        self.compare(Op::Gt, value)
    }

    /// The value or greater.
    #[must_use]
    pub fn gte(self, value: impl Into<T::Value>) -> Condition<M>
    where
        T::Value: Ordered,
    {
        self.compare(Op::Gte, value)
    }

    /// Less than the value.
    #[must_use]
    pub fn lt(self, value: impl Into<T::Value>) -> Condition<M>
    where
        T::Value: Ordered,
    {
        self.compare(Op::Lt, value)
    }

    /// The value or less.
    #[must_use]
    pub fn lte(self, value: impl Into<T::Value>) -> Condition<M>
    where
        T::Value: Ordered,
    {
        self.compare(Op::Lte, value)
    }
}

impl<M: Record, T: Column, const FILTER: bool> Col<M, T, FILTER, true> {
    /// From the smallest to the largest.
    #[must_use]
    pub fn asc(self) -> Order<M> {
        Order { sort: Sort { column: self.def(), descending: false }, model: PhantomData }
    }

    /// From the largest to the smallest.
    #[must_use]
    pub fn desc(self) -> Order<M> {
        Order { sort: Sort { column: self.def(), descending: true }, model: PhantomData }
    }
}
