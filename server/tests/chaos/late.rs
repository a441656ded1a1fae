//! Writes that reach the database late: after the client gave up, and perhaps after the SDK's retry and further changes.
//!
//! Such a write is one more call whose outcome nobody knows. Moves need none, because a late move fails: the board has
//! changed, or the move is still the one that its caller was promised at most once.

use crate::{
    clock::Clock,
    history::{Action, Call, Outcome},
};
use serde_json::Value;
use test_support::LateRequest;

/// The call that the write amounts to, if it can change the game of a later invitation with the same id.
pub fn call(request: &LateRequest, clock: &Clock) -> Option<Call> {
    let body: Value = serde_json::from_slice(&request.body).ok()?;
    let text = |value: &Value| Some(value["S"].as_str()?.to_owned());
    let values = &body["ExpressionAttributeValues"];
    let condition = body["ConditionExpression"].as_str()?;
    let (game, player, action) = match request.operation.as_str() {
        "PutItem" => {
            let item = &body["Item"];
            let opponent = text(&item["OpponentId"])?;
            (
                &item["GameId"],
                text(&item["HostId"])?,
                Action::Invite { opponent },
            )
        }
        "UpdateItem" if condition.contains(":oldest_pending") => (
            &body["Key"]["GameId"],
            text(&values[":me"])?,
            Action::Accept,
        ),
        "DeleteItem" => {
            let by_host = condition.contains("HostId");
            let action = if by_host {
                Action::Cancel
            } else {
                Action::Decline
            };
            (&body["Key"]["GameId"], text(&values[":me"])?, action)
        }
        _ => return None,
    };
    let began = clock.at(request.sent);
    Some(Call {
        game: text(game)?,
        player,
        action,
        instance: 0,
        began,
        ended: began,
        outcome: Outcome::Unknown {
            reason: "reached the database late".to_owned(),
        },
    })
}
