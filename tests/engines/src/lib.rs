//! Tests of the engines that are slow to build; see `tests`.
