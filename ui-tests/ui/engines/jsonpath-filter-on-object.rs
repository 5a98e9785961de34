arazzo::arazzo_workflow! { "./jsonpath-filter-on-object.yml", lints = { deny(jsonpath_filter_on_object) } }

fn main() {}
