//! How the tables are keyed.

use super::{Store, StoreError};
use aws_sdk_dynamodb::{
    operation::create_table::builders::CreateTableFluentBuilder,
    types::{
        AttributeDefinition, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
        ProjectionType, ProvisionedThroughput, ScalarAttributeType, StreamSpecification,
        StreamViewType,
    },
};

/// The games a player hosts, by status and date.
pub const HOST_INDEX: &str = "HostId-StatusDate-index";
/// The games a player was invited to, by status and date.
pub const OPPONENT_INDEX: &str = "OpponentId-StatusDate-index";

impl Store {
    /// `Games`: one item per game, and two indexes that hold what a list shows and nothing that changes
    /// with each move, so that a move writes the item alone.
    pub(super) fn games_table(
        &self,
        throughput: Option<&ProvisionedThroughput>,
    ) -> Result<CreateTableFluentBuilder, StoreError> {
        let host = index(HOST_INDEX, "HostId", "OpponentId", throughput)?;
        let opponent = index(OPPONENT_INDEX, "OpponentId", "HostId", throughput)?;
        Ok(self
            .table(&self.tables.games, "GameId")?
            .set_stream_specification(self.stream_with(StreamViewType::NewAndOldImages)?)
            .attribute_definitions(text("HostId")?)
            .attribute_definitions(text("OpponentId")?)
            .attribute_definitions(text("StatusDate")?)
            .global_secondary_indexes(host)
            .global_secondary_indexes(opponent))
    }

    pub(super) fn players_table(&self) -> Result<CreateTableFluentBuilder, StoreError> {
        self.table(&self.tables.players, "PlayerId")
    }

    pub(super) fn sessions_table(&self) -> Result<CreateTableFluentBuilder, StoreError> {
        // Which session has ended is all that others need to hear.
        Ok(self
            .table(&self.tables.sessions, "SessionId")?
            .set_stream_specification(self.stream_with(StreamViewType::KeysOnly)?))
    }

    fn table(&self, name: &str, key: &str) -> Result<CreateTableFluentBuilder, StoreError> {
        Ok(self
            .client
            .create_table()
            .table_name(name)
            .attribute_definitions(text(key)?)
            .key_schema(part(key, KeyType::Hash)?))
    }

    /// None where nobody else could follow it.
    fn stream_with(&self, view: StreamViewType) -> Result<Option<StreamSpecification>, StoreError> {
        let stream = StreamSpecification::builder()
            .stream_enabled(true)
            .stream_view_type(view)
            .build()?;
        Ok(self.is_shared().then_some(stream))
    }
}

fn text(name: &str) -> Result<AttributeDefinition, StoreError> {
    Ok(AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(ScalarAttributeType::S)
        .build()?)
}

fn part(name: &str, key_type: KeyType) -> Result<KeySchemaElement, StoreError> {
    Ok(KeySchemaElement::builder()
        .attribute_name(name)
        .key_type(key_type)
        .build()?)
}

/// An index of one player's games by status and date. Its entries have the keys, the other player
/// and the result.
fn index(
    name: &str,
    player: &str,
    other: &str,
    throughput: Option<&ProvisionedThroughput>,
) -> Result<GlobalSecondaryIndex, StoreError> {
    let projection = Projection::builder()
        .projection_type(ProjectionType::Include)
        .non_key_attributes(other)
        .non_key_attributes("Result")
        .build();
    Ok(GlobalSecondaryIndex::builder()
        .index_name(name)
        .key_schema(part(player, KeyType::Hash)?)
        .key_schema(part("StatusDate", KeyType::Range)?)
        .projection(projection)
        .set_provisioned_throughput(throughput.cloned())
        .build()?)
}
