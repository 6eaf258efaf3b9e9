//! A count of the parts of a statement, made twice: by the check as it reads, and by the parser's own walk through its tree. What one of the
//! two has not come by is no part that may be passed over.

use std::ops::ControlFlow;

use sqlparser::ast::{Expr, Query, Select, Statement, TableFactor, Visit, Visitor};

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Count {
    pub(crate) statements: usize,
    pub(crate) queries: usize,
    pub(crate) selects: usize,
    pub(crate) relations: usize,
    pub(crate) expressions: usize,
}

impl Count {
    pub(crate) fn of(statement: &Statement) -> Self {
        let mut count = Self::default();
        let _ = statement.visit(&mut count);
        count
    }
}

impl Visitor for Count {
    type Break = ();

    fn pre_visit_statement(&mut self, _: &Statement) -> ControlFlow<()> {
        self.statements += 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.queries += 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, _: &Select) -> ControlFlow<()> {
        self.selects += 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, _: &TableFactor) -> ControlFlow<()> {
        self.relations += 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, _: &Expr) -> ControlFlow<()> {
        self.expressions += 1;
        ControlFlow::Continue(())
    }
}
