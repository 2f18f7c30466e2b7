// Written by `npm run generate`: every rule that has a page beside it.
import { invalidSuppression } from "./checker/invalid-suppression.ts";
import { unusedSuppression } from "./checker/unused-suppression.ts";
import { bindMountOfWipedDirectory } from "./coverage/bind-mount-of-wiped-directory.ts";
import { closedParent } from "./coverage/closed-parent.ts";
import { containerDataOutsideVolumes } from "./coverage/container-data-outside-volumes.ts";
import { dataInPrivateTmp } from "./coverage/data-in-private-tmp.ts";
import { dataOfAnotherVersion } from "./coverage/data-of-another-version.ts";
import { dataPathOnWipedRoot } from "./coverage/data-path-on-wiped-root.ts";
import { doubledPrefix } from "./coverage/doubled-prefix.ts";
import { duplicateEntry } from "./coverage/duplicate-entry.ts";
import { dynamicUserLinkPersisted } from "./coverage/dynamic-user-link-persisted.ts";
import { emptiedByTmpfiles } from "./coverage/emptied-by-tmpfiles.ts";
import { entryInImmutableEtc } from "./coverage/entry-in-immutable-etc.ts";
import { entryOfDisabledService } from "./coverage/entry-of-disabled-service.ts";
import { entryWithoutOwner } from "./coverage/entry-without-owner.ts";
import { filePersistedAsDirectory } from "./coverage/file-persisted-as-directory.ts";
import { forgottenPassword } from "./coverage/forgotten-password.ts";
import { fuseWithoutOthers } from "./coverage/fuse-without-others.ts";
import { generatedDirectoryPersisted } from "./coverage/generated-directory-persisted.ts";
import { generatedValueThrownAway } from "./coverage/generated-value-thrown-away.ts";
import { homePathInUserEntry } from "./coverage/home-path-in-user-entry.ts";
import { linkIntoLostDirectory } from "./coverage/link-into-lost-directory.ts";
import { linkWithoutTarget } from "./coverage/link-without-target.ts";
import { lostConfiguration } from "./coverage/lost-configuration.ts";
import { madeDirectoryOnWipedRoot } from "./coverage/made-directory-on-wiped-root.ts";
import { managedPathPersisted } from "./coverage/managed-path-persisted.ts";
import { mismatchedUserHome } from "./coverage/mismatched-user-home.ts";
import { misplacedEntry } from "./coverage/misplaced-entry.ts";
import { missingPersistence } from "./coverage/missing-persistence.ts";
import { movedHomeDirectory } from "./coverage/moved-home-directory.ts";
import { nestedEntry } from "./coverage/nested-entry.ts";
import { openPrivateParent } from "./coverage/open-private-parent.ts";
import { outdatedHomeStore } from "./coverage/outdated-home-store.ts";
import { ownerTakenByTmpfiles } from "./coverage/owner-taken-by-tmpfiles.ts";
import { partlyKeptHome } from "./coverage/partly-kept-home.ts";
import { persistedMountpoint } from "./coverage/persisted-mountpoint.ts";
import { readablePrivateDirectory } from "./coverage/readable-private-directory.ts";
import { readablePrivateFile } from "./coverage/readable-private-file.ts";
import { relativeSystemPath } from "./coverage/relative-system-path.ts";
import { replacedFilePersisted } from "./coverage/replaced-file-persisted.ts";
import { rootOwnedEntry } from "./coverage/root-owned-entry.ts";
import { rootOwnedHomeParents } from "./coverage/root-owned-home-parents.ts";
import { serverWithoutStorage } from "./coverage/server-without-storage.ts";
import { standaloneHomeManager } from "./coverage/standalone-home-manager.ts";
import { unpersistedHome } from "./coverage/unpersisted-home.ts";
import { unpersistedHostKeys } from "./coverage/unpersisted-host-keys.ts";
import { unpersistedMachineId } from "./coverage/unpersisted-machine-id.ts";
import { unpersistedServiceState } from "./coverage/unpersisted-service-state.ts";
import { unpersistedTimerStamps } from "./coverage/unpersisted-timer-stamps.ts";
import { unpersistedUidMap } from "./coverage/unpersisted-uid-map.ts";
import { volatileJournal } from "./coverage/volatile-journal.ts";
import { volumesWithoutTheirDatabase } from "./coverage/volumes-without-their-database.ts";
import { writableParentInStore } from "./coverage/writable-parent-in-store.ts";
import { zoneKeysInRun } from "./coverage/zone-keys-in-run.ts";
import { bootPartitionInNewArray } from "./disko/boot-partition-in-new-array.ts";
import { conflictingDevice } from "./disko/conflicting-device.ts";
import { diskoWithoutFilesystems } from "./disko/disko-without-filesystems.ts";
import { invalidDiskoSize } from "./disko/invalid-disko-size.ts";
import { missingBiosPartition } from "./disko/missing-bios-partition.ts";
import { missingDiskoOption } from "./disko/missing-disko-option.ts";
import { mistypedBootPartition } from "./disko/mistyped-boot-partition.ts";
import { mountOptionsWithoutMountpoint } from "./disko/mount-options-without-mountpoint.ts";
import { poolWithoutMode } from "./disko/pool-without-mode.ts";
import { refusedNeededForBoot } from "./disko/refused-needed-for-boot.ts";
import { rootOwnedHomeMount } from "./disko/root-owned-home-mount.ts";
import { secondRestPartition } from "./disko/second-rest-partition.ts";
import { sharedMountpoint } from "./disko/shared-mountpoint.ts";
import { subvolumesAsList } from "./disko/subvolumes-as-list.ts";
import { swapWithoutMountpoint } from "./disko/swap-without-mountpoint.ts";
import { unknownSubvolumeKey } from "./disko/unknown-subvolume-key.ts";
import { unstableDiskNames } from "./disko/unstable-disk-names.ts";
import { droppedDefinition } from "./modules/dropped-definition.ts";
import { fileOutsideFlake } from "./modules/file-outside-flake.ts";
import { missingImport } from "./modules/missing-import.ts";
import { moduleProblem } from "./modules/module-problem.ts";
import { removedOption } from "./modules/removed-option.ts";
import { secretsWithoutKey } from "./modules/secrets-without-key.ts";
import { adjustedCompressionLevel } from "./mount-options/adjusted-compression-level.ts";
import { atimeInSnapshotSource } from "./mount-options/atime-in-snapshot-source.ts";
import { compressedNocow } from "./mount-options/compressed-nocow.ts";
import { databaseOnCow } from "./mount-options/database-on-cow.ts";
import { differingFilesystemOptions } from "./mount-options/differing-filesystem-options.ts";
import { ineffectiveNodatacow } from "./mount-options/ineffective-nodatacow.ts";
import { invalidTmpfsSize } from "./mount-options/invalid-tmpfs-size.ts";
import { longCommitInterval } from "./mount-options/long-commit-interval.ts";
import { mismatchedStorageDriver } from "./mount-options/mismatched-storage-driver.ts";
import { misplacedSwapFile } from "./mount-options/misplaced-swap-file.ts";
import { missingSubvolOption } from "./mount-options/missing-subvol-option.ts";
import { mountAgainstDataset } from "./mount-options/mount-against-dataset.ts";
import { nocowInSnapshotSource } from "./mount-options/nocow-in-snapshot-source.ts";
import { nodatacowOnMirror } from "./mount-options/nodatacow-on-mirror.ts";
import { nodatacowWithCompress } from "./mount-options/nodatacow-with-compress.ts";
import { repeatedSubvolOption } from "./mount-options/repeated-subvol-option.ts";
import { subvolOnBcachefs } from "./mount-options/subvol-on-bcachefs.ts";
import { unknownMountOption } from "./mount-options/unknown-mount-option.ts";
import { worldWritableRoot } from "./mount-options/world-writable-root.ts";
import { manyBindMounts } from "./performance/many-bind-mounts.ts";
import { cleanUpOfTheParent } from "./rollback/clean-up-of-the-parent.ts";
import { collidingOldRoots } from "./rollback/colliding-old-roots.ts";
import { deleteOfEverySubvolume } from "./rollback/delete-of-every-subvolume.ts";
import { deleteOfTheMountedRoot } from "./rollback/delete-of-the-mounted-root.ts";
import { endlessOldRoots } from "./rollback/endless-old-roots.ts";
import { initrdMountOfTheHost } from "./rollback/initrd-mount-of-the-host.ts";
import { initrdRollbackWithoutOrder } from "./rollback/initrd-rollback-without-order.ts";
import { initrdUnitInStage2 } from "./rollback/initrd-unit-in-stage-2.ts";
import { keptSubvolumeInsideRoot } from "./rollback/kept-subvolume-inside-root.ts";
import { oneLevelOfNestedSubvolumes } from "./rollback/one-level-of-nested-subvolumes.ts";
import { persistenceWithoutWipe } from "./rollback/persistence-without-wipe.ts";
import { readOnlyNewRoot } from "./rollback/read-only-new-root.ts";
import { rollbackBeforeDevice } from "./rollback/rollback-before-device.ts";
import { rollbackBeforeImport } from "./rollback/rollback-before-import.ts";
import { rollbackBeforeResume } from "./rollback/rollback-before-resume.ts";
import { rollbackBehindSnapshots } from "./rollback/rollback-behind-snapshots.ts";
import { rollbackOfDefaultSubvolume } from "./rollback/rollback-of-default-subvolume.ts";
import { rollbackOfMissingDevice } from "./rollback/rollback-of-missing-device.ts";
import { rollbackOfSimpleType } from "./rollback/rollback-of-simple-type.ts";
import { rollbackThatNeverStarts } from "./rollback/rollback-that-never-starts.ts";
import { rootDeleteWithoutNested } from "./rollback/root-delete-without-nested.ts";
import { scriptedHookUnderSystemd } from "./rollback/scripted-hook-under-systemd.ts";
import { snapshotIntoExistingRoot } from "./rollback/snapshot-into-existing-root.ts";
import { unclearWipe } from "./rollback/unclear-wipe.ts";
import { unguardedRecursiveDelete } from "./rollback/unguarded-recursive-delete.ts";
import { unmadeBlank } from "./rollback/unmade-blank.ts";
import { wipedSubvolumeIsNotTheRoot } from "./rollback/wiped-subvolume-is-not-the-root.ts";
import { wrongListField } from "./rollback/wrong-list-field.ts";
import type { Rule } from "./rule.ts";
import { backupPasswordOnOneHost } from "./secrets/backup-password-on-one-host.ts";
import { certificateOfAnotherGroup } from "./secrets/certificate-of-another-group.ts";
import { coveredSecretLink } from "./secrets/covered-secret-link.ts";
import { deployedKeyInMemory } from "./secrets/deployed-key-in-memory.ts";
import { fileOnWipedRoot } from "./secrets/file-on-wiped-root.ts";
import { latePasswordFile } from "./secrets/late-password-file.ts";
import { lateSecretIdentity } from "./secrets/late-secret-identity.ts";
import { lostAuthorizedKeys } from "./secrets/lost-authorized-keys.ts";
import { lostCredentialKey } from "./secrets/lost-credential-key.ts";
import { lostHomeIdentity } from "./secrets/lost-home-identity.ts";
import { lostKnownHosts } from "./secrets/lost-known-hosts.ts";
import { lostLoginKeys } from "./secrets/lost-login-keys.ts";
import { lostRcloneRemotes } from "./secrets/lost-rclone-remotes.ts";
import { missingEncryptedSecret } from "./secrets/missing-encrypted-secret.ts";
import { ownerOfEarlySecret } from "./secrets/owner-of-early-secret.ts";
import { secretForOtherHosts } from "./secrets/secret-for-other-hosts.ts";
import { secretInNixStore } from "./secrets/secret-in-nix-store.ts";
import { secretOfDynamicUser } from "./secrets/secret-of-dynamic-user.ts";
import { unknownSecretPath } from "./secrets/unknown-secret-path.ts";
import { unreadableSecret } from "./secrets/unreadable-secret.ts";
import { archiveCommandWithoutMode } from "./snapshots/archive-command-without-mode.ts";
import { backupAsOtherUser } from "./snapshots/backup-as-other-user.ts";
import { backupBehindSandbox } from "./snapshots/backup-behind-sandbox.ts";
import { backupIntoMemory } from "./snapshots/backup-into-memory.ts";
import { backupOfNothing } from "./snapshots/backup-of-nothing.ts";
import { backupOfUnusedDirectory } from "./snapshots/backup-of-unused-directory.ts";
import { backupOnlyAtBoot } from "./snapshots/backup-only-at-boot.ts";
import { backupWithoutCatchUp } from "./snapshots/backup-without-catch-up.ts";
import { backupWithoutMounts } from "./snapshots/backup-without-mounts.ts";
import { backupWithoutTimer } from "./snapshots/backup-without-timer.ts";
import { btrbkRetention } from "./snapshots/btrbk-retention.ts";
import { cleanUpOfTheNewest } from "./snapshots/clean-up-of-the-newest.ts";
import { cleanUpOfTheYoung } from "./snapshots/clean-up-of-the-young.ts";
import { clusterSnapshotsWithoutEtcd } from "./snapshots/cluster-snapshots-without-etcd.ts";
import { collidingSnapshots } from "./snapshots/colliding-snapshots.ts";
import { containerWithoutChildren } from "./snapshots/container-without-children.ts";
import { copyOnTheSameDisk } from "./snapshots/copy-on-the-same-disk.ts";
import { copyOnWipedRoot } from "./snapshots/copy-on-wiped-root.ts";
import { databaseOutsideBackup } from "./snapshots/database-outside-backup.ts";
import { databaseWithoutDump } from "./snapshots/database-without-dump.ts";
import { datasetLeftOut } from "./snapshots/dataset-left-out.ts";
import { datedBackupPath } from "./snapshots/dated-backup-path.ts";
import { deepFindInSnapshots } from "./snapshots/deep-find-in-snapshots.ts";
import { dumpAfterBackup } from "./snapshots/dump-after-backup.ts";
import { dumpBeforeItsServer } from "./snapshots/dump-before-its-server.ts";
import { dumpOfNothing } from "./snapshots/dump-of-nothing.ts";
import { dumpOutsideBackup } from "./snapshots/dump-outside-backup.ts";
import { dumpWithoutItsRole } from "./snapshots/dump-without-its-role.ts";
import { dumpsAgedAway } from "./snapshots/dumps-aged-away.ts";
import { endlessBackups } from "./snapshots/endless-backups.ts";
import { endlessSnapshots } from "./snapshots/endless-snapshots.ts";
import { excludeOutsideSources } from "./snapshots/exclude-outside-sources.ts";
import { excludedBackupPath } from "./snapshots/excluded-backup-path.ts";
import { foreignSnapshotsPruned } from "./snapshots/foreign-snapshots-pruned.ts";
import { hiddenDumpFailure } from "./snapshots/hidden-dump-failure.ts";
import { impossibleWeekdayTest } from "./snapshots/impossible-weekday-test.ts";
import { ineffectiveLogRetention } from "./snapshots/ineffective-log-retention.ts";
import { invalidBackupRetention } from "./snapshots/invalid-backup-retention.ts";
import { invalidFindAge } from "./snapshots/invalid-find-age.ts";
import { jobOfMissingDataset } from "./snapshots/job-of-missing-dataset.ts";
import { liveDatabaseInBackup } from "./snapshots/live-database-in-backup.ts";
import { mismatchedScrub } from "./snapshots/mismatched-scrub.ts";
import { nestedSubvolumeInSnapshotSource } from "./snapshots/nested-subvolume-in-snapshot-source.ts";
import { plainSendOfEncrypted } from "./snapshots/plain-send-of-encrypted.ts";
import { pruneOfAppendOnly } from "./snapshots/prune-of-append-only.ts";
import { pruneOfNothing } from "./snapshots/prune-of-nothing.ts";
import { pruneOfOtherArchives } from "./snapshots/prune-of-other-archives.ts";
import { rareSanoidRuns } from "./snapshots/rare-sanoid-runs.ts";
import { removedReadOnlySnapshot } from "./snapshots/removed-read-only-snapshot.ts";
import { replicaWithoutPruning } from "./snapshots/replica-without-pruning.ts";
import { repositoryOnTheSameDisk } from "./snapshots/repository-on-the-same-disk.ts";
import { repositoryWithoutCredentials } from "./snapshots/repository-without-credentials.ts";
import { retentionAcrossHosts } from "./snapshots/retention-across-hosts.ts";
import { sanoidWithoutPruning } from "./snapshots/sanoid-without-pruning.ts";
import { snapperTimeline } from "./snapshots/snapper-timeline.ts";
import { snapshotAgeByMtime } from "./snapshots/snapshot-age-by-mtime.ts";
import { snapshotOfPlainDirectory } from "./snapshots/snapshot-of-plain-directory.ts";
import { snapshotOfWipedRoot } from "./snapshots/snapshot-of-wiped-root.ts";
import { snapshotRetention } from "./snapshots/snapshot-retention.ts";
import { snapshotsOfAReplica } from "./snapshots/snapshots-of-a-replica.ts";
import { snapshotsOnEphemeralRoot } from "./snapshots/snapshots-on-ephemeral-root.ts";
import { stoppedForBackup } from "./snapshots/stopped-for-backup.ts";
import { subvolumeLeftOut } from "./snapshots/subvolume-left-out.ts";
import { unmadeSnapshotDirectory } from "./snapshots/unmade-snapshot-directory.ts";
import { unmarkedAutoSnapshot } from "./snapshots/unmarked-auto-snapshot.ts";
import { unmountedBtrbkVolume } from "./snapshots/unmounted-btrbk-volume.ts";
import { unsortableNames } from "./snapshots/unsortable-names.ts";
import { unusableBeesFilesystem } from "./snapshots/unusable-bees-filesystem.ts";
import { writableArchive } from "./snapshots/writable-archive.ts";
import { zreplKeepRules } from "./snapshots/zrepl-keep-rules.ts";
import { bindBeforeZfsMount } from "./stores/bind-before-zfs-mount.ts";
import { bootDiskNamedTwice } from "./stores/boot-disk-named-twice.ts";
import { bootLoaderOnEphemeralRoot } from "./stores/boot-loader-on-ephemeral-root.ts";
import { bootLoaderOnOneDisk } from "./stores/boot-loader-on-one-disk.ts";
import { crypttabOptionsWithoutSystemd } from "./stores/crypttab-options-without-systemd.ts";
import { delayedStoreMount } from "./stores/delayed-store-mount.ts";
import { discardWithoutEffect } from "./stores/discard-without-effect.ts";
import { earlyMountOnLateOne } from "./stores/early-mount-on-late-one.ts";
import { filesystemOnUnopenedDisk } from "./stores/filesystem-on-unopened-disk.ts";
import { hibernationToRandomSwap } from "./stores/hibernation-to-random-swap.ts";
import { hibernationWithoutOffset } from "./stores/hibernation-without-offset.ts";
import { hibernationWithoutSwap } from "./stores/hibernation-without-swap.ts";
import { homesUnderLateMount } from "./stores/homes-under-late-mount.ts";
import { identityOfSeveralHosts } from "./stores/identity-of-several-hosts.ts";
import { initrdSshWithoutAddress } from "./stores/initrd-ssh-without-address.ts";
import { initrdSshWithoutDriver } from "./stores/initrd-ssh-without-driver.ts";
import { keyFileOutsideInitrd } from "./stores/key-file-outside-initrd.ts";
import { lateFilesystemWithPersistedPaths } from "./stores/late-filesystem-with-persisted-paths.ts";
import { mirroredBootWithoutNofail } from "./stores/mirrored-boot-without-nofail.ts";
import { neededForBootWithoutDevice } from "./stores/needed-for-boot-without-device.ts";
import { newestKernelWithZfs } from "./stores/newest-kernel-with-zfs.ts";
import { nixOnEphemeralRoot } from "./stores/nix-on-ephemeral-root.ts";
import { noexecStore } from "./stores/noexec-store.ts";
import { openEmergencyShell } from "./stores/open-emergency-shell.ts";
import { poolWithoutItsKey } from "./stores/pool-without-its-key.ts";
import { preservationNotEnabled } from "./stores/preservation-not-enabled.ts";
import { preservationWithScriptedInitrd } from "./stores/preservation-with-scripted-initrd.ts";
import { randomSwapByLabel } from "./stores/random-swap-by-label.ts";
import { rebootToAPassphrase } from "./stores/reboot-to-a-passphrase.ts";
import { refusedHibernation } from "./stores/refused-hibernation.ts";
import { removableDiskWithoutNofail } from "./stores/removable-disk-without-nofail.ts";
import { resumeFromLockedDisk } from "./stores/resume-from-locked-disk.ts";
import { scriptedAskpassUnderSystemd } from "./stores/scripted-askpass-under-systemd.ts";
import { scriptedLuksOption } from "./stores/scripted-luks-option.ts";
import { secondBootLoader } from "./stores/second-boot-loader.ts";
import { smallBootPartition } from "./stores/small-boot-partition.ts";
import { storeNotNeededForBoot } from "./stores/store-not-needed-for-boot.ts";
import { storeOnEphemeralRoot } from "./stores/store-on-ephemeral-root.ts";
import { swapOutsideEncryption } from "./stores/swap-outside-encryption.ts";
import { systemKeyInInitrd } from "./stores/system-key-in-initrd.ts";
import { tangWithoutNetwork } from "./stores/tang-without-network.ts";
import { unassembledArray } from "./stores/unassembled-array.ts";
import { unimportedPool } from "./stores/unimported-pool.ts";
import { unmirroredData } from "./stores/unmirrored-data.ts";
import { unusableBuildDirectory } from "./stores/unusable-build-directory.ts";
import { writerWithoutItsMount } from "./stores/writer-without-its-mount.ts";
import { zfsWithoutHostId } from "./stores/zfs-without-host-id.ts";
import { backgroundAboveDirtyRatio } from "./units/background-above-dirty-ratio.ts";
import { containerNotStarted } from "./units/container-not-started.ts";
import { containerUserWithoutAccess } from "./units/container-user-without-access.ts";
import { dataInRuntimeDirectory } from "./units/data-in-runtime-directory.ts";
import { deploymentAsRefusedRoot } from "./units/deployment-as-refused-root.ts";
import { deploymentOfAnotherHost } from "./units/deployment-of-another-host.ts";
import { ephemeralContainerState } from "./units/ephemeral-container-state.ts";
import { exportWithoutChildren } from "./units/export-without-children.ts";
import { firewallRulesOfAnotherKind } from "./units/firewall-rules-of-another-kind.ts";
import { floatingDatabaseImage } from "./units/floating-database-image.ts";
import { hostSecretInContainer } from "./units/host-secret-in-container.ts";
import { invalidCalendar } from "./units/invalid-calendar.ts";
import { invalidTimeSpan } from "./units/invalid-time-span.ts";
import { lostEscape } from "./units/lost-escape.ts";
import { mailWithoutMailer } from "./units/mail-without-mailer.ts";
import { missingUnitPath } from "./units/missing-unit-path.ts";
import { movingStateVersion } from "./units/moving-state-version.ts";
import { neverElapsingCalendar } from "./units/never-elapsing-calendar.ts";
import { overrideOfSuppressedUnit } from "./units/override-of-suppressed-unit.ts";
import { persistentWithoutCalendar } from "./units/persistent-without-calendar.ts";
import { postgresWithoutSocketAccess } from "./units/postgres-without-socket-access.ts";
import { raisedStateVersion } from "./units/raised-state-version.ts";
import { readOnlyDataInContainer } from "./units/read-only-data-in-container.ts";
import { referenceToMissingUnit } from "./units/reference-to-missing-unit.ts";
import { restartedOneshot } from "./units/restarted-oneshot.ts";
import { scrubInBackground } from "./units/scrub-in-background.ts";
import { settingsOfMissingUnit } from "./units/settings-of-missing-unit.ts";
import { sharedDirectoryGivenAway } from "./units/shared-directory-given-away.ts";
import { shellSyntaxInCommand } from "./units/shell-syntax-in-command.ts";
import { stateInMemory } from "./units/state-in-memory.ts";
import { sysctlOutOfRange } from "./units/sysctl-out-of-range.ts";
import { sysctlSetTwice } from "./units/sysctl-set-twice.ts";
import { sysctlWithoutPrefix } from "./units/sysctl-without-prefix.ts";
import { timerOfMissingUnit } from "./units/timer-of-missing-unit.ts";
import { timerThatNeverStarts } from "./units/timer-that-never-starts.ts";
import { timerWithoutFirstRun } from "./units/timer-without-first-run.ts";
import { unescapedUnitName } from "./units/unescaped-unit-name.ts";
import { unfilteredBalance } from "./units/unfiltered-balance.ts";
import { unitBeforeItsDatabase } from "./units/unit-before-its-database.ts";
import { unitOfOtherEngine } from "./units/unit-of-other-engine.ts";
import { unknownTimerSetting } from "./units/unknown-timer-setting.ts";
import { upsWithoutItsDaemon } from "./units/ups-without-its-daemon.ts";
import { userUnitWithoutLinger } from "./units/user-unit-without-linger.ts";
import { writeOutsideSandbox } from "./units/write-outside-sandbox.ts";

/** All rules, by code. */
export const rules: readonly Rule[] = [
  missingImport,
  moduleProblem,
  droppedDefinition,
  removedOption,
  secretsWithoutKey,
  fileOutsideFlake,
  unusedSuppression,
  invalidSuppression,
  ineffectiveNodatacow,
  differingFilesystemOptions,
  nodatacowWithCompress,
  nocowInSnapshotSource,
  databaseOnCow,
  unknownMountOption,
  repeatedSubvolOption,
  misplacedSwapFile,
  worldWritableRoot,
  invalidTmpfsSize,
  subvolOnBcachefs,
  longCommitInterval,
  adjustedCompressionLevel,
  atimeInSnapshotSource,
  missingSubvolOption,
  compressedNocow,
  mismatchedStorageDriver,
  nodatacowOnMirror,
  mountAgainstDataset,
  subvolumesAsList,
  unknownSubvolumeKey,
  mountOptionsWithoutMountpoint,
  sharedMountpoint,
  invalidDiskoSize,
  refusedNeededForBoot,
  swapWithoutMountpoint,
  rootOwnedHomeMount,
  missingDiskoOption,
  unstableDiskNames,
  diskoWithoutFilesystems,
  mistypedBootPartition,
  conflictingDevice,
  secondRestPartition,
  poolWithoutMode,
  missingBiosPartition,
  bootPartitionInNewArray,
  storeNotNeededForBoot,
  storeOnEphemeralRoot,
  lateFilesystemWithPersistedPaths,
  delayedStoreMount,
  neededForBootWithoutDevice,
  nixOnEphemeralRoot,
  hibernationToRandomSwap,
  zfsWithoutHostId,
  hibernationWithoutOffset,
  randomSwapByLabel,
  discardWithoutEffect,
  bootLoaderOnEphemeralRoot,
  keyFileOutsideInitrd,
  crypttabOptionsWithoutSystemd,
  noexecStore,
  filesystemOnUnopenedDisk,
  writerWithoutItsMount,
  bindBeforeZfsMount,
  unimportedPool,
  initrdSshWithoutAddress,
  preservationWithScriptedInitrd,
  earlyMountOnLateOne,
  refusedHibernation,
  preservationNotEnabled,
  removableDiskWithoutNofail,
  scriptedLuksOption,
  openEmergencyShell,
  resumeFromLockedDisk,
  swapOutsideEncryption,
  smallBootPartition,
  secondBootLoader,
  systemKeyInInitrd,
  newestKernelWithZfs,
  poolWithoutItsKey,
  rebootToAPassphrase,
  identityOfSeveralHosts,
  homesUnderLateMount,
  initrdSshWithoutDriver,
  mirroredBootWithoutNofail,
  bootLoaderOnOneDisk,
  tangWithoutNetwork,
  bootDiskNamedTwice,
  hibernationWithoutSwap,
  unassembledArray,
  scriptedAskpassUnderSystemd,
  unmirroredData,
  unusableBuildDirectory,
  unpersistedServiceState,
  unpersistedUidMap,
  unpersistedMachineId,
  unpersistedTimerStamps,
  unpersistedHostKeys,
  dynamicUserLinkPersisted,
  duplicateEntry,
  persistedMountpoint,
  missingPersistence,
  openPrivateParent,
  forgottenPassword,
  nestedEntry,
  homePathInUserEntry,
  replacedFilePersisted,
  generatedDirectoryPersisted,
  readablePrivateDirectory,
  misplacedEntry,
  readablePrivateFile,
  entryOfDisabledService,
  unpersistedHome,
  relativeSystemPath,
  volumesWithoutTheirDatabase,
  entryWithoutOwner,
  lostConfiguration,
  emptiedByTmpfiles,
  dataPathOnWipedRoot,
  madeDirectoryOnWipedRoot,
  bindMountOfWipedDirectory,
  rootOwnedEntry,
  volatileJournal,
  entryInImmutableEtc,
  zoneKeysInRun,
  rootOwnedHomeParents,
  partlyKeptHome,
  filePersistedAsDirectory,
  containerDataOutsideVolumes,
  movedHomeDirectory,
  dataInPrivateTmp,
  closedParent,
  mismatchedUserHome,
  serverWithoutStorage,
  linkWithoutTarget,
  fuseWithoutOthers,
  ownerTakenByTmpfiles,
  standaloneHomeManager,
  writableParentInStore,
  managedPathPersisted,
  linkIntoLostDirectory,
  doubledPrefix,
  outdatedHomeStore,
  dataOfAnotherVersion,
  generatedValueThrownAway,
  initrdUnitInStage2,
  cleanUpOfTheParent,
  unguardedRecursiveDelete,
  rootDeleteWithoutNested,
  scriptedHookUnderSystemd,
  wipedSubvolumeIsNotTheRoot,
  deleteOfTheMountedRoot,
  rollbackBeforeResume,
  initrdRollbackWithoutOrder,
  rollbackOfDefaultSubvolume,
  persistenceWithoutWipe,
  rollbackThatNeverStarts,
  rollbackOfMissingDevice,
  unmadeBlank,
  oneLevelOfNestedSubvolumes,
  keptSubvolumeInsideRoot,
  rollbackBehindSnapshots,
  deleteOfEverySubvolume,
  rollbackOfSimpleType,
  rollbackBeforeImport,
  unclearWipe,
  collidingOldRoots,
  endlessOldRoots,
  rollbackBeforeDevice,
  wrongListField,
  readOnlyNewRoot,
  snapshotIntoExistingRoot,
  initrdMountOfTheHost,
  invalidFindAge,
  snapshotAgeByMtime,
  snapshotRetention,
  snapshotsOnEphemeralRoot,
  writableArchive,
  impossibleWeekdayTest,
  btrbkRetention,
  snapperTimeline,
  snapshotOfWipedRoot,
  unmadeSnapshotDirectory,
  deepFindInSnapshots,
  sanoidWithoutPruning,
  unusableBeesFilesystem,
  endlessSnapshots,
  snapshotOfPlainDirectory,
  mismatchedScrub,
  ineffectiveLogRetention,
  unmarkedAutoSnapshot,
  nestedSubvolumeInSnapshotSource,
  cleanUpOfTheYoung,
  backupWithoutMounts,
  endlessBackups,
  databaseWithoutDump,
  dumpOfNothing,
  dumpOutsideBackup,
  archiveCommandWithoutMode,
  zreplKeepRules,
  pruneOfOtherArchives,
  datedBackupPath,
  pruneOfAppendOnly,
  invalidBackupRetention,
  excludedBackupPath,
  backupWithoutTimer,
  liveDatabaseInBackup,
  datasetLeftOut,
  jobOfMissingDataset,
  containerWithoutChildren,
  pruneOfNothing,
  unsortableNames,
  subvolumeLeftOut,
  copyOnTheSameDisk,
  unmountedBtrbkVolume,
  dumpsAgedAway,
  cleanUpOfTheNewest,
  collidingSnapshots,
  backupOfUnusedDirectory,
  databaseOutsideBackup,
  backupWithoutCatchUp,
  rareSanoidRuns,
  stoppedForBackup,
  plainSendOfEncrypted,
  hiddenDumpFailure,
  dumpWithoutItsRole,
  dumpBeforeItsServer,
  dumpAfterBackup,
  excludeOutsideSources,
  backupOfNothing,
  repositoryOnTheSameDisk,
  backupAsOtherUser,
  removedReadOnlySnapshot,
  snapshotsOfAReplica,
  retentionAcrossHosts,
  replicaWithoutPruning,
  copyOnWipedRoot,
  backupOnlyAtBoot,
  repositoryWithoutCredentials,
  foreignSnapshotsPruned,
  backupBehindSandbox,
  backupIntoMemory,
  clusterSnapshotsWithoutEtcd,
  invalidCalendar,
  missingUnitPath,
  sysctlOutOfRange,
  neverElapsingCalendar,
  persistentWithoutCalendar,
  sysctlSetTwice,
  backgroundAboveDirtyRatio,
  scrubInBackground,
  unfilteredBalance,
  invalidTimeSpan,
  sysctlWithoutPrefix,
  lostEscape,
  unescapedUnitName,
  timerThatNeverStarts,
  timerOfMissingUnit,
  timerWithoutFirstRun,
  restartedOneshot,
  writeOutsideSandbox,
  unknownTimerSetting,
  shellSyntaxInCommand,
  ephemeralContainerState,
  unitOfOtherEngine,
  referenceToMissingUnit,
  userUnitWithoutLinger,
  dataInRuntimeDirectory,
  sharedDirectoryGivenAway,
  readOnlyDataInContainer,
  movingStateVersion,
  mailWithoutMailer,
  upsWithoutItsDaemon,
  exportWithoutChildren,
  containerUserWithoutAccess,
  deploymentAsRefusedRoot,
  hostSecretInContainer,
  containerNotStarted,
  floatingDatabaseImage,
  raisedStateVersion,
  postgresWithoutSocketAccess,
  overrideOfSuppressedUnit,
  stateInMemory,
  settingsOfMissingUnit,
  deploymentOfAnotherHost,
  firewallRulesOfAnotherKind,
  unitBeforeItsDatabase,
  lateSecretIdentity,
  latePasswordFile,
  fileOnWipedRoot,
  secretInNixStore,
  lostKnownHosts,
  lostCredentialKey,
  lostAuthorizedKeys,
  deployedKeyInMemory,
  ownerOfEarlySecret,
  secretOfDynamicUser,
  unreadableSecret,
  secretForOtherHosts,
  coveredSecretLink,
  missingEncryptedSecret,
  lostLoginKeys,
  lostHomeIdentity,
  certificateOfAnotherGroup,
  unknownSecretPath,
  lostRcloneRemotes,
  backupPasswordOnOneHost,
  manyBindMounts,
];
