//! In which role somebody acted.

use crate::codes::code_enum;

code_enum!(
    /// In which role somebody acted.
    Rol {
        /// A person who works here.
        Operator = "operator",
        /// A person who works at a gemeente.
        Gemeente = "gemeente",
        /// The program itself: time that passes, rules that begin.
        Dienst = "dienst",
    }
);
