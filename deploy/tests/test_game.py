"""A game on the template's tables, at two instances of the server."""

import scenario


def test_a_game_can_be_played_on_the_templates_tables(deployed, proxy, tmp_path):
    with scenario.instances(tmp_path, proxy, deployed.prefix) as servers:
        played = scenario.play(servers, proxy, deployed.streams)

    item = deployed.aws.client("dynamodb").get_item(
        TableName=f"{deployed.prefix}Games", Key={"GameId": {"S": played["game"]}}
    )["Item"]
    assert item["StatusDate"]["S"].startswith("FINISHED_")
    assert item["Result"]["S"] == item["HostId"]["S"] == played["ada"].name
    assert [square["S"] for square in item["Moves"]["L"]] == played["moves"]
