//! Strings to syntax: runtime expressions, conditions, JSONPath, path templates. What names mean is not known here.

pub mod condition;
pub mod expression;
pub mod jsonpath;
pub mod path_template;
