//! What the tables are called, how they are keyed, and how they are created.

use super::{Store, StoreError};
use aws_sdk_dynamodb::{
    operation::create_table::builders::CreateTableFluentBuilder,
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
        Projection, ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType,
        TableStatus, TimeToLiveSpecification,
    },
};
use std::time::Duration;

/// The games a player hosts, by status and date.
pub const HOST_INDEX: &str = "HostId-StatusDate-index";
/// The games a player was invited to, by status and date.
pub const OPPONENT_INDEX: &str = "OpponentId-StatusDate-index";

/// How long a new table may take to become `ACTIVE`: on the service some ten seconds, locally none.
const POLLS: u32 = 120;
const POLL_EVERY: Duration = Duration::from_millis(500);

/// The names of the tables of one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableNames {
    /// Games, keyed by `GameId`.
    pub games: String,
    /// Accounts, keyed by `PlayerId`.
    pub players: String,
    /// Sessions, keyed by `SessionId`.
    pub sessions: String,
}

impl TableNames {
    /// The names with a prefix, so that several environments fit into one account.
    #[must_use]
    pub fn new(prefix: &str) -> Self {
        Self {
            games: format!("{prefix}Games"),
            players: format!("{prefix}Players"),
            sessions: format!("{prefix}Sessions"),
        }
    }

    fn all(&self) -> [&str; 3] {
        [&self.games, &self.players, &self.sessions]
    }
}

impl Store {
    /// Creates the tables that are not there, waits until they are usable, and lets DynamoDB delete
    /// sessions that have expired. Safe to repeat, also by several instances at once.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn create_missing_tables(&self) -> Result<(), StoreError> {
        let (games, players, sessions) = (
            self.games_table()?,
            self.players_table()?,
            self.sessions_table()?,
        );
        futures::try_join!(
            self.create(games, &self.tables.games),
            self.create(players, &self.tables.players),
            self.create(sessions, &self.tables.sessions),
        )?;
        self.expire_sessions().await
    }

    /// Looks whether all tables are there.
    ///
    /// # Errors
    ///
    /// [`StoreError::MissingTable`] names the first that is not; [`StoreError::Unavailable`].
    pub async fn check(&self) -> Result<(), StoreError> {
        futures::future::try_join_all(self.tables.all().map(|table| async move {
            match self.table_status(table).await? {
                Some(_) => Ok(()),
                None => Err(StoreError::MissingTable(table.to_owned())),
            }
        }))
        .await
        .map(|_| ())
    }

    /// `Games`: one partition per game, and two indexes that hold what a list shows and nothing that
    /// changes with each move, so that a move writes the item alone.
    fn games_table(&self) -> Result<CreateTableFluentBuilder, StoreError> {
        Ok(self
            .table(
                &self.tables.games,
                "GameId",
                StreamViewType::NewAndOldImages,
            )?
            .attribute_definitions(text("HostId")?)
            .attribute_definitions(text("OpponentId")?)
            .attribute_definitions(text("StatusDate")?)
            .global_secondary_indexes(index(HOST_INDEX, "HostId", "OpponentId")?)
            .global_secondary_indexes(index(OPPONENT_INDEX, "OpponentId", "HostId")?))
    }

    fn players_table(&self) -> Result<CreateTableFluentBuilder, StoreError> {
        self.table_without_stream(&self.tables.players, "PlayerId")
    }

    fn sessions_table(&self) -> Result<CreateTableFluentBuilder, StoreError> {
        // Which session has ended is all that others need to hear.
        self.table(&self.tables.sessions, "SessionId", StreamViewType::KeysOnly)
    }

    fn table(
        &self,
        name: &str,
        key: &str,
        view: StreamViewType,
    ) -> Result<CreateTableFluentBuilder, StoreError> {
        let stream = StreamSpecification::builder()
            .stream_enabled(true)
            .stream_view_type(view)
            .build()?;
        Ok(self
            .table_without_stream(name, key)?
            .set_stream_specification(self.is_shared().then_some(stream)))
    }

    fn table_without_stream(
        &self,
        name: &str,
        key: &str,
    ) -> Result<CreateTableFluentBuilder, StoreError> {
        Ok(self
            .client
            .create_table()
            .table_name(name)
            .billing_mode(BillingMode::PayPerRequest)
            .attribute_definitions(text(key)?)
            .key_schema(part(key, KeyType::Hash)?))
    }

    async fn create(
        &self,
        request: CreateTableFluentBuilder,
        name: &str,
    ) -> Result<(), StoreError> {
        if self.table_status(name).await?.is_none() {
            match request.send().await {
                Ok(_) => tracing::info!(table = name, "created"),
                // Another instance was faster.
                Err(error)
                    if error
                        .as_service_error()
                        .is_some_and(|e| e.is_resource_in_use_exception()) => {}
                Err(error) => return Err(error.into()),
            }
        }
        for _ in 0..POLLS {
            if self.table_status(name).await? == Some(TableStatus::Active) {
                return Ok(());
            }
            tokio::time::sleep(POLL_EVERY).await;
        }
        Err(StoreError::Unavailable(format!(
            "the table {name} does not become active"
        )))
    }

    async fn table_status(&self, name: &str) -> Result<Option<TableStatus>, StoreError> {
        match self.client.describe_table().table_name(name).send().await {
            Ok(answer) => Ok(answer.table.and_then(|table| table.table_status)),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|e| e.is_resource_not_found_exception()) =>
            {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn expire_sessions(&self) -> Result<(), StoreError> {
        let table = &self.tables.sessions;
        let answer = self
            .client
            .describe_time_to_live()
            .table_name(table)
            .send()
            .await?;
        let described = answer.time_to_live_description;
        if described.is_some_and(|ttl| ttl.attribute_name.is_some()) {
            return Ok(());
        }
        let specification = TimeToLiveSpecification::builder()
            .enabled(true)
            .attribute_name("ExpiresAt")
            .build()?;
        self.client
            .update_time_to_live()
            .table_name(table)
            .time_to_live_specification(specification)
            .send()
            .await?;
        Ok(())
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
fn index(name: &str, player: &str, other: &str) -> Result<GlobalSecondaryIndex, StoreError> {
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
        .build()?)
}
