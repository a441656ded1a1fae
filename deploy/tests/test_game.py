"""Two instances of the server play a game on the tables that the template makes."""

import scenario


def test_a_game_is_played_on_the_tables_of_the_template(deployed, proxy, tmp_path):
    with scenario.instances(tmp_path, proxy, deployed.prefix) as servers:
        played = scenario.play(servers, proxy, deployed.streams)

    item = deployed.aws.client("dynamodb").get_item(
        TableName=f"{deployed.prefix}Games", Key={"GameId": {"S": played["game"]}}
    )["Item"]
    assert item["StatusDate"]["S"].startswith("FINISHED_")
    assert item["Result"]["S"] == item["HostId"]["S"] == played["ada"].name
    assert [square["S"] for square in item["Moves"]["L"]] == played["moves"]
