//! Twelve workflows of a library, compiled.
use arazzo::{Client, Credential};

arazzo::arazzo_workflow!("workflows/");

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::builder()
        .source("library", |api| api.credential(Credential::basic("name", "secret")))
        .build()?;
    let mut arguments = std::env::args().skip(1);
    let which = arguments.next().unwrap_or_default();
    let mut argument = || arguments.next().unwrap_or_default();
    match which.as_str() {
        "join-by-link" => {
            let outputs = join_by_link(&client, join_by_link::Inputs::new(argument(), argument(), argument())).await?;
            println!("{outputs:?}");
        }
        "sign-in-by-code" => {
            let outputs = sign_in_by_code(&client, sign_in_by_code::Inputs::new(argument(), argument())).await?;
            println!("{outputs:?}");
        }
        "end-session" => {
            let outputs = end_session(&client, end_session::Inputs::new(argument())).await?;
            println!("{outputs:?}");
        }
        "change-reader" => {
            let outputs = change_reader(&client, change_reader::Inputs::new(argument(), argument())).await?;
            println!("{outputs:?}");
        }
        "leave" => {
            let outputs = leave(&client, leave::Inputs::new(argument())).await?;
            println!("{outputs:?}");
        }
        "borrow" => {
            let outputs = borrow(&client, borrow::Inputs::new(argument(), argument())).await?;
            println!("{outputs:?}");
        }
        "renew" => {
            let outputs = renew(&client, renew::Inputs::new(argument(), argument())).await?;
            println!("{outputs:?}");
        }
        "return-and-pay" => {
            let outputs =
                return_and_pay(&client, return_and_pay::Inputs::new(argument(), argument(), argument())).await?;
            println!("{outputs:?}");
        }
        "wait-for-book" => {
            let outputs = wait_for_book(&client, wait_for_book::Inputs::new(argument(), argument())).await?;
            println!("{outputs:?}");
        }
        "visit-event" => {
            let outputs = visit_event(
                &client,
                visit_event::Inputs::new(argument(), argument(), argument(), argument()),
            )
            .await?;
            println!("{outputs:?}");
        }
        "review" => {
            let outputs = review(&client, review::Inputs::new(argument(), argument().parse()?)).await?;
            println!("{outputs:?}");
        }
        "move-copy" => {
            let outputs = move_copy(&client, move_copy::Inputs::new(argument(), argument())).await?;
            println!("{outputs:?}");
        }
        _ => eprintln!("unknown workflow"),
    }
    Ok(())
}
