arazzo::arazzo_workflow!("../fail/jsonpath-feature.yml");

/// Code that uses what is generated must not fail because of the document.
async fn shelve_it(client: &arazzo::Client) -> Result<String, Box<dyn std::error::Error>> {
    let outputs = shelve(client, shelve::Inputs::new("Middlemarch")).await?;
    let mut run = shelve::Run::new(shelve::PartialInputs::new().title("Emma"));
    if let arazzo::Progress::Awaiting(missing) = run.advance(client).await?
        && missing == [shelve::Input::Title]
    {
        run.inputs_mut().title = None;
    }
    Ok(format!("{} {:?}", outputs.id + &outputs.title, run.steps().add_book().map(|book| book.id)))
}

fn main() {
    let _ = shelve_it;
}
