//! Parses strings: runtime expressions, conditions, JSONPath, path templates. The meaning of names is not known here.

pub mod condition;
pub mod expression;
pub mod jsonpath;
pub mod path_template;
