//! Creating the tables.

use super::{Store, StoreError};
use aws_sdk_dynamodb::{
    operation::create_table::builders::CreateTableFluentBuilder,
    types::{
        BillingMode, PointInTimeRecoverySpecification, ProvisionedThroughput,
        TimeToLiveSpecification,
    },
};

/// The billing mode of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Billing {
    /// On-demand: each request is billed.
    #[default]
    OnDemand,
    /// Provisioned: the capacity of the table and of each index is billed, whether used or not.
    Provisioned {
        /// Read capacity units.
        read: i64,
        /// Write capacity units.
        write: i64,
    },
}

/// Options for the creation of tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableOptions {
    /// The billing mode of new tables.
    pub billing: Billing,
    /// True to enable point-in-time recovery.
    pub point_in_time_recovery: bool,
    /// True to enable deletion protection.
    pub deletion_protection: bool,
}

impl Store {
    /// Creates the missing tables with on-demand billing, waits until they are active, and enables time to
    /// live for sessions. Safe to repeat, also by several instances at once.
    ///
    /// # Errors
    ///
    /// As [`Self::create_tables`].
    pub async fn create_missing_tables(&self) -> Result<(), StoreError> {
        let report = |step| tracing::debug!("{step}");
        self.create_tables(TableOptions::default(), report).await
    }

    /// Creates the missing tables with options, and calls `report` after each step. Existing tables keep
    /// their billing mode, but point-in-time recovery and deletion protection are enabled for them too.
    ///
    /// A table of sessions with the key of an earlier version is replaced if only this process uses it. All
    /// players then log in again.
    ///
    /// # Errors
    ///
    /// [`StoreError::OutdatedTable`] if other processes may use a table with the key of an earlier version.
    /// [`StoreError::Unavailable`].
    pub async fn create_tables(
        &self,
        options: TableOptions,
        report: impl Fn(String) + Sync,
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
            self.create(request, name, options, &report).await
        };
        futures::try_join!(
            create(games, &self.tables.games),
            create(players, &self.tables.players),
            create(sessions, &self.tables.sessions),
        )?;
        self.expire_sessions(&report).await?;
        // These come last, so that the tables are usable even if the engine does not support them.
        for table in self.tables.all() {
            if options.deletion_protection {
                self.protect(table, &report).await?;
            }
            if options.point_in_time_recovery {
                self.enable_recovery(table, &report).await?;
            }
        }
        Ok(())
    }

    async fn create(
        &self,
        request: CreateTableFluentBuilder,
        name: &str,
        options: TableOptions,
        report: &(impl Fn(String) + Sync),
    ) -> Result<(), StoreError> {
        let mut existing = self.describe_table(name).await?;
        if existing
            .as_ref()
            .is_some_and(|table| self.is_outdated(table))
        {
            if self.is_shared() {
                return Err(StoreError::OutdatedTable(name.to_owned()));
            }
            self.delete_table(name).await?;
            report(format!(
                "{name}: deleted, it had the key of an earlier version"
            ));
            existing = None;
        }
        if existing.is_none() {
            let protection = options.deletion_protection.then_some(true);
            match request
                .set_deletion_protection_enabled(protection)
                .send()
                .await
            {
                Ok(_) => report(format!("{name}: created, becoming usable")),
                // Another instance has created the table meanwhile.
                Err(error)
                    if error
                        .as_service_error()
                        .is_some_and(aws_sdk_dynamodb::operation::create_table::CreateTableError::is_resource_in_use_exception) => {}
                Err(error) => return Err(error.into()),
            }
        } else {
            report(format!("{name}: there already"));
        }
        self.until_active(name).await?;
        report(format!("{name}: active"));
        Ok(())
    }

    async fn until_active(&self, name: &str) -> Result<(), StoreError> {
        self.wait_until(name, "did not become active in time", |table| {
            table.is_some_and(|table| table.is_active)
        })
        .await
    }

    async fn protect(
        &self,
        name: &str,
        report: &(impl Fn(String) + Sync),
    ) -> Result<(), StoreError> {
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
        report(format!("{name}: protected from deletion"));
        Ok(())
    }

    async fn enable_recovery(
        &self,
        name: &str,
        report: &(impl Fn(String) + Sync),
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
        report(format!("{name}: can be restored to any point in time"));
        Ok(())
    }

    async fn expire_sessions(&self, report: &(impl Fn(String) + Sync)) -> Result<(), StoreError> {
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
        report(format!("{table}: items expire at ExpiresAt"));
        Ok(())
    }
}
