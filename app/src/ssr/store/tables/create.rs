//! Creating the tables.

use super::{Store, StoreError};
use aws_sdk_dynamodb::{
    operation::create_table::builders::CreateTableFluentBuilder,
    types::{
        BillingMode, PointInTimeRecoverySpecification, ProvisionedThroughput,
        TimeToLiveSpecification,
    },
};

/// How a table is paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Billing {
    /// Each request.
    #[default]
    OnDemand,
    /// So many read and write units a second, used or not, for the table and for each index.
    Provisioned {
        /// Read units a second.
        read: i64,
        /// Write units a second.
        write: i64,
    },
}

/// How tables are created.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableOptions {
    /// How they are paid for.
    pub billing: Billing,
    /// Whether they can be restored as of any second of the last 35 days.
    pub point_in_time_recovery: bool,
    /// Whether the service refuses to delete them until that is lifted.
    pub deletion_protection: bool,
}

impl Store {
    /// Creates the tables that are not there, on demand, waits until they are usable, and lets DynamoDB
    /// delete sessions that have expired. Safe to repeat, also by several instances at once.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn create_missing_tables(&self) -> Result<(), StoreError> {
        let tell = |what| tracing::debug!("{what}");
        self.create_tables(TableOptions::default(), tell).await
    }

    /// The same with options. What is done is told as it is done, a sentence each. Tables that are
    /// there stay as they are, but recovery and protection are switched on where asked for.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn create_tables(
        &self,
        options: TableOptions,
        tell: impl Fn(String) + Sync,
    ) -> Result<(), StoreError> {
        let throughput = match options.billing {
            Billing::OnDemand => None,
            Billing::Provisioned { read, write } => Some(
                ProvisionedThroughput::builder()
                    .read_capacity_units(read)
                    .write_capacity_units(write)
                    .build()?,
            ),
        };
        let (games, players, sessions) = (
            self.games_table(throughput.as_ref())?,
            self.players_table()?,
            self.sessions_table()?,
        );
        let create = async |request: CreateTableFluentBuilder, name: &str| {
            let request = match &throughput {
                None => request.billing_mode(BillingMode::PayPerRequest),
                Some(throughput) => request
                    .billing_mode(BillingMode::Provisioned)
                    .provisioned_throughput(throughput.clone()),
            };
            self.create(request, name, options, &tell).await
        };
        futures::try_join!(
            create(games, &self.tables.games),
            create(players, &self.tables.players),
            create(sessions, &self.tables.sessions),
        )?;
        self.expire_sessions(&tell).await?;
        // Last, so that an engine that does not know these leaves tables that can be used.
        for table in self.tables.all() {
            if options.deletion_protection {
                self.protect(table, &tell).await?;
            }
            if options.point_in_time_recovery {
                self.recover_to_any_point(table, &tell).await?;
            }
        }
        Ok(())
    }

    async fn create(
        &self,
        request: CreateTableFluentBuilder,
        name: &str,
        options: TableOptions,
        tell: &(impl Fn(String) + Sync),
    ) -> Result<(), StoreError> {
        if self.describe_table(name).await?.is_none() {
            let protection = options.deletion_protection.then_some(true);
            match request
                .set_deletion_protection_enabled(protection)
                .send()
                .await
            {
                Ok(_) => tell(format!("{name}: created, becoming usable")),
                // Another instance was faster.
                Err(error)
                    if error
                        .as_service_error()
                        .is_some_and(|e| e.is_resource_in_use_exception()) => {}
                Err(error) => return Err(error.into()),
            }
        } else {
            tell(format!("{name}: there already"));
        }
        self.until_active(name).await?;
        tell(format!("{name}: active"));
        Ok(())
    }

    async fn until_active(&self, name: &str) -> Result<(), StoreError> {
        self.until(name, "does not become active", |table| {
            table.is_some_and(|table| table.is_active)
        })
        .await
    }

    async fn protect(&self, name: &str, tell: &(impl Fn(String) + Sync)) -> Result<(), StoreError> {
        let described = self.describe_table(name).await?;
        if described.is_some_and(|table| !table.is_protected) {
            self.client
                .update_table()
                .table_name(name)
                .deletion_protection_enabled(true)
                .send()
                .await?;
            self.until_active(name).await?;
        }
        tell(format!("{name}: protected from deletion"));
        Ok(())
    }

    async fn recover_to_any_point(
        &self,
        name: &str,
        tell: &(impl Fn(String) + Sync),
    ) -> Result<(), StoreError> {
        let specification = PointInTimeRecoverySpecification::builder()
            .point_in_time_recovery_enabled(true)
            .build()?;
        self.client
            .update_continuous_backups()
            .table_name(name)
            .point_in_time_recovery_specification(specification)
            .send()
            .await?;
        tell(format!("{name}: can be restored to any point in time"));
        Ok(())
    }

    async fn expire_sessions(&self, tell: &(impl Fn(String) + Sync)) -> Result<(), StoreError> {
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
        tell(format!("{table}: items expire at ExpiresAt"));
        Ok(())
    }
}
