//! The keys, indexes and streams of the tables.

use super::{Store, StoreError};
use crate::store::Index;
use aws_sdk_dynamodb::{
    operation::create_table::builders::CreateTableFluentBuilder,
    types::{
        AttributeDefinition, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
        ProjectionType, ProvisionedThroughput, ScalarAttributeType, StreamSpecification,
        StreamViewType,
    },
};

impl Store {
    /// Returns the request that creates `Games`, with two global secondary indexes. They project only
    /// attributes that a list shows and that do not change with each move, so that a move writes the item
    /// alone.
    pub(super) fn games_table(
        &self,
        throughput: Option<&ProvisionedThroughput>,
    ) -> Result<CreateTableFluentBuilder, StoreError> {
        let host = index(Index::Host, Index::Opponent, throughput)?;
        let opponent = index(Index::Opponent, Index::Host, throughput)?;
        Ok(self
            .table(&self.tables.games, "GameId")?
            .set_stream_specification(self.stream_specification(StreamViewType::NewAndOldImages)?)
            .attribute_definitions(string_attribute("HostId")?)
            .attribute_definitions(string_attribute("OpponentId")?)
            .attribute_definitions(string_attribute("StatusDate")?)
            .global_secondary_indexes(host)
            .global_secondary_indexes(opponent))
    }

    /// Returns the request that creates `Players`.
    pub(super) fn players_table(&self) -> Result<CreateTableFluentBuilder, StoreError> {
        self.table(&self.tables.players, "PlayerId")
    }

    /// Returns the request that creates `Sessions`.
    pub(super) fn sessions_table(&self) -> Result<CreateTableFluentBuilder, StoreError> {
        // Other instances need only the key of an ended session.
        Ok(self
            .table(&self.tables.sessions, "PlayerId")?
            .attribute_definitions(string_attribute("SessionId")?)
            .key_schema(key_element("SessionId", KeyType::Range)?)
            .set_stream_specification(self.stream_specification(StreamViewType::KeysOnly)?))
    }

    /// Returns the request that creates a table with a partition key.
    fn table(&self, name: &str, key: &str) -> Result<CreateTableFluentBuilder, StoreError> {
        Ok(self
            .client
            .create_table()
            .table_name(name)
            .attribute_definitions(string_attribute(key)?)
            .key_schema(key_element(key, KeyType::Hash)?))
    }

    /// Returns the specification of a stream, or `None` if no other instance uses the tables.
    fn stream_specification(
        &self,
        view: StreamViewType,
    ) -> Result<Option<StreamSpecification>, StoreError> {
        let stream = StreamSpecification::builder()
            .stream_enabled(true)
            .stream_view_type(view)
            .build()?;
        Ok(self.is_shared().then_some(stream))
    }
}

/// Defines a string attribute.
fn string_attribute(name: &str) -> Result<AttributeDefinition, StoreError> {
    Ok(AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(ScalarAttributeType::S)
        .build()?)
}

/// Returns an element of a key schema.
fn key_element(name: &str, key_type: KeyType) -> Result<KeySchemaElement, StoreError> {
    Ok(KeySchemaElement::builder()
        .attribute_name(name)
        .key_type(key_type)
        .build()?)
}

/// Returns the definition of an index, which sorts the games of a player by `StatusDate`. It projects the
/// keys, the other player and the result.
fn index(
    index: Index,
    other: Index,
    throughput: Option<&ProvisionedThroughput>,
) -> Result<GlobalSecondaryIndex, StoreError> {
    let projection = Projection::builder()
        .projection_type(ProjectionType::Include)
        .non_key_attributes(other.partition_key())
        .non_key_attributes("Result")
        .build();
    Ok(GlobalSecondaryIndex::builder()
        .index_name(index.name())
        .key_schema(key_element(index.partition_key(), KeyType::Hash)?)
        .key_schema(key_element("StatusDate", KeyType::Range)?)
        .projection(projection)
        .set_provisioned_throughput(throughput.cloned())
        .build()?)
}
