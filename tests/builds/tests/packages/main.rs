//! Crates that are built inside of tests: the newcomer, odd names, random schemas, random workflows, the corpus.

mod corpus_binding;
mod crashes;
mod names;
mod newcomer;
mod schema_graphs;
