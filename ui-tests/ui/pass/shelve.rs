//! A document beside the source file; what it expands to has the expected types.
#![deny(warnings, missing_docs)]

arazzo::arazzo_workflow!("./shelve.yml");

fn main() {
    let inputs = shelve::Inputs::new("Emma");
    assert_eq!(inputs.title, "Emma");
    let outputs = shelve::Outputs { id: String::new(), title: String::new() };
    assert_eq!(outputs.clone(), outputs);
    assert_eq!(shelve::Step::ALL.len(), 2);
    let run = shelve::Run::new(inputs);
    assert_eq!(run.step(), Some(shelve::Step::AddBook));
}
