// Written by `npm run generate`: the pages of the rules.
import invalidSuppression from "./checker/invalid-suppression.md";
import unusedSuppression from "./checker/unused-suppression.md";
import bindMountOfWipedDirectory from "./coverage/bind-mount-of-wiped-directory.md";
import closedParent from "./coverage/closed-parent.md";
import containerDataOutsideVolumes from "./coverage/container-data-outside-volumes.md";
import dataInPrivateTmp from "./coverage/data-in-private-tmp.md";
import dataOfAnotherVersion from "./coverage/data-of-another-version.md";
import dataPathOnWipedRoot from "./coverage/data-path-on-wiped-root.md";
import doubledPrefix from "./coverage/doubled-prefix.md";
import duplicateEntry from "./coverage/duplicate-entry.md";
import dynamicUserLinkPersisted from "./coverage/dynamic-user-link-persisted.md";
import emptiedByTmpfiles from "./coverage/emptied-by-tmpfiles.md";
import entryInImmutableEtc from "./coverage/entry-in-immutable-etc.md";
import entryOfDisabledService from "./coverage/entry-of-disabled-service.md";
import entryWithoutOwner from "./coverage/entry-without-owner.md";
import filePersistedAsDirectory from "./coverage/file-persisted-as-directory.md";
import forgottenPassword from "./coverage/forgotten-password.md";
import fuseWithoutOthers from "./coverage/fuse-without-others.md";
import generatedDirectoryPersisted from "./coverage/generated-directory-persisted.md";
import generatedValueThrownAway from "./coverage/generated-value-thrown-away.md";
import homePathInUserEntry from "./coverage/home-path-in-user-entry.md";
import linkIntoLostDirectory from "./coverage/link-into-lost-directory.md";
import linkWithoutTarget from "./coverage/link-without-target.md";
import lostConfiguration from "./coverage/lost-configuration.md";
import madeDirectoryOnWipedRoot from "./coverage/made-directory-on-wiped-root.md";
import managedPathPersisted from "./coverage/managed-path-persisted.md";
import mismatchedUserHome from "./coverage/mismatched-user-home.md";
import misplacedEntry from "./coverage/misplaced-entry.md";
import missingPersistence from "./coverage/missing-persistence.md";
import movedHomeDirectory from "./coverage/moved-home-directory.md";
import nestedEntry from "./coverage/nested-entry.md";
import openPrivateParent from "./coverage/open-private-parent.md";
import outdatedHomeStore from "./coverage/outdated-home-store.md";
import ownerTakenByTmpfiles from "./coverage/owner-taken-by-tmpfiles.md";
import partlyKeptHome from "./coverage/partly-kept-home.md";
import persistedMountpoint from "./coverage/persisted-mountpoint.md";
import readablePrivateDirectory from "./coverage/readable-private-directory.md";
import readablePrivateFile from "./coverage/readable-private-file.md";
import relativeSystemPath from "./coverage/relative-system-path.md";
import replacedFilePersisted from "./coverage/replaced-file-persisted.md";
import rootOwnedEntry from "./coverage/root-owned-entry.md";
import rootOwnedHomeParents from "./coverage/root-owned-home-parents.md";
import serverWithoutStorage from "./coverage/server-without-storage.md";
import standaloneHomeManager from "./coverage/standalone-home-manager.md";
import unpersistedHome from "./coverage/unpersisted-home.md";
import unpersistedHostKeys from "./coverage/unpersisted-host-keys.md";
import unpersistedMachineId from "./coverage/unpersisted-machine-id.md";
import unpersistedServiceState from "./coverage/unpersisted-service-state.md";
import unpersistedTimerStamps from "./coverage/unpersisted-timer-stamps.md";
import unpersistedUidMap from "./coverage/unpersisted-uid-map.md";
import volatileJournal from "./coverage/volatile-journal.md";
import volumesWithoutTheirDatabase from "./coverage/volumes-without-their-database.md";
import writableParentInStore from "./coverage/writable-parent-in-store.md";
import zoneKeysInRun from "./coverage/zone-keys-in-run.md";
import bootPartitionInNewArray from "./disko/boot-partition-in-new-array.md";
import conflictingDevice from "./disko/conflicting-device.md";
import diskoWithoutFilesystems from "./disko/disko-without-filesystems.md";
import invalidDiskoSize from "./disko/invalid-disko-size.md";
import missingBiosPartition from "./disko/missing-bios-partition.md";
import missingDiskoOption from "./disko/missing-disko-option.md";
import mistypedBootPartition from "./disko/mistyped-boot-partition.md";
import mountOptionsWithoutMountpoint from "./disko/mount-options-without-mountpoint.md";
import poolWithoutMode from "./disko/pool-without-mode.md";
import refusedNeededForBoot from "./disko/refused-needed-for-boot.md";
import rootOwnedHomeMount from "./disko/root-owned-home-mount.md";
import secondRestPartition from "./disko/second-rest-partition.md";
import sharedMountpoint from "./disko/shared-mountpoint.md";
import subvolumesAsList from "./disko/subvolumes-as-list.md";
import swapWithoutMountpoint from "./disko/swap-without-mountpoint.md";
import unknownSubvolumeKey from "./disko/unknown-subvolume-key.md";
import unstableDiskNames from "./disko/unstable-disk-names.md";
import droppedDefinition from "./modules/dropped-definition.md";
import fileOutsideFlake from "./modules/file-outside-flake.md";
import missingImport from "./modules/missing-import.md";
import moduleProblem from "./modules/module-problem.md";
import removedOption from "./modules/removed-option.md";
import secretsWithoutKey from "./modules/secrets-without-key.md";
import adjustedCompressionLevel from "./mount-options/adjusted-compression-level.md";
import atimeInSnapshotSource from "./mount-options/atime-in-snapshot-source.md";
import compressedNocow from "./mount-options/compressed-nocow.md";
import databaseOnCow from "./mount-options/database-on-cow.md";
import differingFilesystemOptions from "./mount-options/differing-filesystem-options.md";
import ineffectiveNodatacow from "./mount-options/ineffective-nodatacow.md";
import invalidTmpfsSize from "./mount-options/invalid-tmpfs-size.md";
import longCommitInterval from "./mount-options/long-commit-interval.md";
import mismatchedStorageDriver from "./mount-options/mismatched-storage-driver.md";
import misplacedSwapFile from "./mount-options/misplaced-swap-file.md";
import missingSubvolOption from "./mount-options/missing-subvol-option.md";
import mountAgainstDataset from "./mount-options/mount-against-dataset.md";
import nocowInSnapshotSource from "./mount-options/nocow-in-snapshot-source.md";
import nodatacowOnMirror from "./mount-options/nodatacow-on-mirror.md";
import nodatacowWithCompress from "./mount-options/nodatacow-with-compress.md";
import repeatedSubvolOption from "./mount-options/repeated-subvol-option.md";
import subvolOnBcachefs from "./mount-options/subvol-on-bcachefs.md";
import unknownMountOption from "./mount-options/unknown-mount-option.md";
import worldWritableRoot from "./mount-options/world-writable-root.md";
import manyBindMounts from "./performance/many-bind-mounts.md";
import cleanUpOfTheParent from "./rollback/clean-up-of-the-parent.md";
import collidingOldRoots from "./rollback/colliding-old-roots.md";
import deleteOfEverySubvolume from "./rollback/delete-of-every-subvolume.md";
import deleteOfTheMountedRoot from "./rollback/delete-of-the-mounted-root.md";
import endlessOldRoots from "./rollback/endless-old-roots.md";
import initrdMountOfTheHost from "./rollback/initrd-mount-of-the-host.md";
import initrdRollbackWithoutOrder from "./rollback/initrd-rollback-without-order.md";
import initrdUnitInStage2 from "./rollback/initrd-unit-in-stage-2.md";
import keptSubvolumeInsideRoot from "./rollback/kept-subvolume-inside-root.md";
import oneLevelOfNestedSubvolumes from "./rollback/one-level-of-nested-subvolumes.md";
import persistenceWithoutWipe from "./rollback/persistence-without-wipe.md";
import readOnlyNewRoot from "./rollback/read-only-new-root.md";
import rollbackBeforeDevice from "./rollback/rollback-before-device.md";
import rollbackBeforeImport from "./rollback/rollback-before-import.md";
import rollbackBeforeResume from "./rollback/rollback-before-resume.md";
import rollbackBehindSnapshots from "./rollback/rollback-behind-snapshots.md";
import rollbackOfDefaultSubvolume from "./rollback/rollback-of-default-subvolume.md";
import rollbackOfMissingDevice from "./rollback/rollback-of-missing-device.md";
import rollbackOfSimpleType from "./rollback/rollback-of-simple-type.md";
import rollbackThatNeverStarts from "./rollback/rollback-that-never-starts.md";
import rootDeleteWithoutNested from "./rollback/root-delete-without-nested.md";
import scriptedHookUnderSystemd from "./rollback/scripted-hook-under-systemd.md";
import snapshotIntoExistingRoot from "./rollback/snapshot-into-existing-root.md";
import unclearWipe from "./rollback/unclear-wipe.md";
import unguardedRecursiveDelete from "./rollback/unguarded-recursive-delete.md";
import unmadeBlank from "./rollback/unmade-blank.md";
import wipedSubvolumeIsNotTheRoot from "./rollback/wiped-subvolume-is-not-the-root.md";
import wrongListField from "./rollback/wrong-list-field.md";
import backupPasswordOnOneHost from "./secrets/backup-password-on-one-host.md";
import certificateOfAnotherGroup from "./secrets/certificate-of-another-group.md";
import coveredSecretLink from "./secrets/covered-secret-link.md";
import deployedKeyInMemory from "./secrets/deployed-key-in-memory.md";
import fileOnWipedRoot from "./secrets/file-on-wiped-root.md";
import latePasswordFile from "./secrets/late-password-file.md";
import lateSecretIdentity from "./secrets/late-secret-identity.md";
import lostAuthorizedKeys from "./secrets/lost-authorized-keys.md";
import lostCredentialKey from "./secrets/lost-credential-key.md";
import lostHomeIdentity from "./secrets/lost-home-identity.md";
import lostKnownHosts from "./secrets/lost-known-hosts.md";
import lostLoginKeys from "./secrets/lost-login-keys.md";
import lostRcloneRemotes from "./secrets/lost-rclone-remotes.md";
import missingEncryptedSecret from "./secrets/missing-encrypted-secret.md";
import ownerOfEarlySecret from "./secrets/owner-of-early-secret.md";
import secretForOtherHosts from "./secrets/secret-for-other-hosts.md";
import secretInNixStore from "./secrets/secret-in-nix-store.md";
import secretOfDynamicUser from "./secrets/secret-of-dynamic-user.md";
import unknownSecretPath from "./secrets/unknown-secret-path.md";
import unreadableSecret from "./secrets/unreadable-secret.md";
import archiveCommandWithoutMode from "./snapshots/archive-command-without-mode.md";
import backupAsOtherUser from "./snapshots/backup-as-other-user.md";
import backupBehindSandbox from "./snapshots/backup-behind-sandbox.md";
import backupIntoMemory from "./snapshots/backup-into-memory.md";
import backupOfNothing from "./snapshots/backup-of-nothing.md";
import backupOfUnusedDirectory from "./snapshots/backup-of-unused-directory.md";
import backupOnlyAtBoot from "./snapshots/backup-only-at-boot.md";
import backupWithoutCatchUp from "./snapshots/backup-without-catch-up.md";
import backupWithoutMounts from "./snapshots/backup-without-mounts.md";
import backupWithoutTimer from "./snapshots/backup-without-timer.md";
import btrbkRetention from "./snapshots/btrbk-retention.md";
import cleanUpOfTheNewest from "./snapshots/clean-up-of-the-newest.md";
import cleanUpOfTheYoung from "./snapshots/clean-up-of-the-young.md";
import clusterSnapshotsWithoutEtcd from "./snapshots/cluster-snapshots-without-etcd.md";
import collidingSnapshots from "./snapshots/colliding-snapshots.md";
import containerWithoutChildren from "./snapshots/container-without-children.md";
import copyOnTheSameDisk from "./snapshots/copy-on-the-same-disk.md";
import copyOnWipedRoot from "./snapshots/copy-on-wiped-root.md";
import databaseOutsideBackup from "./snapshots/database-outside-backup.md";
import databaseWithoutDump from "./snapshots/database-without-dump.md";
import datasetLeftOut from "./snapshots/dataset-left-out.md";
import datedBackupPath from "./snapshots/dated-backup-path.md";
import deepFindInSnapshots from "./snapshots/deep-find-in-snapshots.md";
import dumpAfterBackup from "./snapshots/dump-after-backup.md";
import dumpBeforeItsServer from "./snapshots/dump-before-its-server.md";
import dumpOfNothing from "./snapshots/dump-of-nothing.md";
import dumpOutsideBackup from "./snapshots/dump-outside-backup.md";
import dumpWithoutItsRole from "./snapshots/dump-without-its-role.md";
import dumpsAgedAway from "./snapshots/dumps-aged-away.md";
import endlessBackups from "./snapshots/endless-backups.md";
import endlessSnapshots from "./snapshots/endless-snapshots.md";
import excludeOutsideSources from "./snapshots/exclude-outside-sources.md";
import excludedBackupPath from "./snapshots/excluded-backup-path.md";
import foreignSnapshotsPruned from "./snapshots/foreign-snapshots-pruned.md";
import hiddenDumpFailure from "./snapshots/hidden-dump-failure.md";
import impossibleWeekdayTest from "./snapshots/impossible-weekday-test.md";
import ineffectiveLogRetention from "./snapshots/ineffective-log-retention.md";
import invalidBackupRetention from "./snapshots/invalid-backup-retention.md";
import invalidFindAge from "./snapshots/invalid-find-age.md";
import jobOfMissingDataset from "./snapshots/job-of-missing-dataset.md";
import liveDatabaseInBackup from "./snapshots/live-database-in-backup.md";
import mismatchedScrub from "./snapshots/mismatched-scrub.md";
import nestedSubvolumeInSnapshotSource from "./snapshots/nested-subvolume-in-snapshot-source.md";
import plainSendOfEncrypted from "./snapshots/plain-send-of-encrypted.md";
import pruneOfAppendOnly from "./snapshots/prune-of-append-only.md";
import pruneOfNothing from "./snapshots/prune-of-nothing.md";
import pruneOfOtherArchives from "./snapshots/prune-of-other-archives.md";
import rareSanoidRuns from "./snapshots/rare-sanoid-runs.md";
import removedReadOnlySnapshot from "./snapshots/removed-read-only-snapshot.md";
import replicaWithoutPruning from "./snapshots/replica-without-pruning.md";
import repositoryOnTheSameDisk from "./snapshots/repository-on-the-same-disk.md";
import repositoryWithoutCredentials from "./snapshots/repository-without-credentials.md";
import retentionAcrossHosts from "./snapshots/retention-across-hosts.md";
import sanoidWithoutPruning from "./snapshots/sanoid-without-pruning.md";
import snapperTimeline from "./snapshots/snapper-timeline.md";
import snapshotAgeByMtime from "./snapshots/snapshot-age-by-mtime.md";
import snapshotOfPlainDirectory from "./snapshots/snapshot-of-plain-directory.md";
import snapshotOfWipedRoot from "./snapshots/snapshot-of-wiped-root.md";
import snapshotRetention from "./snapshots/snapshot-retention.md";
import snapshotsOfAReplica from "./snapshots/snapshots-of-a-replica.md";
import snapshotsOnEphemeralRoot from "./snapshots/snapshots-on-ephemeral-root.md";
import stoppedForBackup from "./snapshots/stopped-for-backup.md";
import subvolumeLeftOut from "./snapshots/subvolume-left-out.md";
import unmadeSnapshotDirectory from "./snapshots/unmade-snapshot-directory.md";
import unmarkedAutoSnapshot from "./snapshots/unmarked-auto-snapshot.md";
import unmountedBtrbkVolume from "./snapshots/unmounted-btrbk-volume.md";
import unsortableNames from "./snapshots/unsortable-names.md";
import unusableBeesFilesystem from "./snapshots/unusable-bees-filesystem.md";
import writableArchive from "./snapshots/writable-archive.md";
import zreplKeepRules from "./snapshots/zrepl-keep-rules.md";
import bindBeforeZfsMount from "./stores/bind-before-zfs-mount.md";
import bootDiskNamedTwice from "./stores/boot-disk-named-twice.md";
import bootLoaderOnEphemeralRoot from "./stores/boot-loader-on-ephemeral-root.md";
import bootLoaderOnOneDisk from "./stores/boot-loader-on-one-disk.md";
import crypttabOptionsWithoutSystemd from "./stores/crypttab-options-without-systemd.md";
import delayedStoreMount from "./stores/delayed-store-mount.md";
import discardWithoutEffect from "./stores/discard-without-effect.md";
import earlyMountOnLateOne from "./stores/early-mount-on-late-one.md";
import filesystemOnUnopenedDisk from "./stores/filesystem-on-unopened-disk.md";
import hibernationToRandomSwap from "./stores/hibernation-to-random-swap.md";
import hibernationWithoutOffset from "./stores/hibernation-without-offset.md";
import hibernationWithoutSwap from "./stores/hibernation-without-swap.md";
import homesUnderLateMount from "./stores/homes-under-late-mount.md";
import identityOfSeveralHosts from "./stores/identity-of-several-hosts.md";
import initrdSshWithoutAddress from "./stores/initrd-ssh-without-address.md";
import initrdSshWithoutDriver from "./stores/initrd-ssh-without-driver.md";
import keyFileOutsideInitrd from "./stores/key-file-outside-initrd.md";
import lateFilesystemWithPersistedPaths from "./stores/late-filesystem-with-persisted-paths.md";
import mirroredBootWithoutNofail from "./stores/mirrored-boot-without-nofail.md";
import neededForBootWithoutDevice from "./stores/needed-for-boot-without-device.md";
import newestKernelWithZfs from "./stores/newest-kernel-with-zfs.md";
import nixOnEphemeralRoot from "./stores/nix-on-ephemeral-root.md";
import noexecStore from "./stores/noexec-store.md";
import openEmergencyShell from "./stores/open-emergency-shell.md";
import poolWithoutItsKey from "./stores/pool-without-its-key.md";
import preservationNotEnabled from "./stores/preservation-not-enabled.md";
import preservationWithScriptedInitrd from "./stores/preservation-with-scripted-initrd.md";
import randomSwapByLabel from "./stores/random-swap-by-label.md";
import rebootToAPassphrase from "./stores/reboot-to-a-passphrase.md";
import refusedHibernation from "./stores/refused-hibernation.md";
import removableDiskWithoutNofail from "./stores/removable-disk-without-nofail.md";
import resumeFromLockedDisk from "./stores/resume-from-locked-disk.md";
import scriptedAskpassUnderSystemd from "./stores/scripted-askpass-under-systemd.md";
import scriptedLuksOption from "./stores/scripted-luks-option.md";
import secondBootLoader from "./stores/second-boot-loader.md";
import smallBootPartition from "./stores/small-boot-partition.md";
import storeNotNeededForBoot from "./stores/store-not-needed-for-boot.md";
import storeOnEphemeralRoot from "./stores/store-on-ephemeral-root.md";
import swapOutsideEncryption from "./stores/swap-outside-encryption.md";
import systemKeyInInitrd from "./stores/system-key-in-initrd.md";
import tangWithoutNetwork from "./stores/tang-without-network.md";
import unassembledArray from "./stores/unassembled-array.md";
import unimportedPool from "./stores/unimported-pool.md";
import unmirroredData from "./stores/unmirrored-data.md";
import unusableBuildDirectory from "./stores/unusable-build-directory.md";
import writerWithoutItsMount from "./stores/writer-without-its-mount.md";
import zfsWithoutHostId from "./stores/zfs-without-host-id.md";
import backgroundAboveDirtyRatio from "./units/background-above-dirty-ratio.md";
import containerNotStarted from "./units/container-not-started.md";
import containerUserWithoutAccess from "./units/container-user-without-access.md";
import dataInRuntimeDirectory from "./units/data-in-runtime-directory.md";
import deploymentAsRefusedRoot from "./units/deployment-as-refused-root.md";
import deploymentOfAnotherHost from "./units/deployment-of-another-host.md";
import ephemeralContainerState from "./units/ephemeral-container-state.md";
import exportWithoutChildren from "./units/export-without-children.md";
import firewallRulesOfAnotherKind from "./units/firewall-rules-of-another-kind.md";
import floatingDatabaseImage from "./units/floating-database-image.md";
import hostSecretInContainer from "./units/host-secret-in-container.md";
import invalidCalendar from "./units/invalid-calendar.md";
import invalidTimeSpan from "./units/invalid-time-span.md";
import lostEscape from "./units/lost-escape.md";
import mailWithoutMailer from "./units/mail-without-mailer.md";
import missingUnitPath from "./units/missing-unit-path.md";
import movingStateVersion from "./units/moving-state-version.md";
import neverElapsingCalendar from "./units/never-elapsing-calendar.md";
import overrideOfSuppressedUnit from "./units/override-of-suppressed-unit.md";
import persistentWithoutCalendar from "./units/persistent-without-calendar.md";
import postgresWithoutSocketAccess from "./units/postgres-without-socket-access.md";
import raisedStateVersion from "./units/raised-state-version.md";
import readOnlyDataInContainer from "./units/read-only-data-in-container.md";
import referenceToMissingUnit from "./units/reference-to-missing-unit.md";
import restartedOneshot from "./units/restarted-oneshot.md";
import scrubInBackground from "./units/scrub-in-background.md";
import settingsOfMissingUnit from "./units/settings-of-missing-unit.md";
import sharedDirectoryGivenAway from "./units/shared-directory-given-away.md";
import shellSyntaxInCommand from "./units/shell-syntax-in-command.md";
import stateInMemory from "./units/state-in-memory.md";
import sysctlOutOfRange from "./units/sysctl-out-of-range.md";
import sysctlSetTwice from "./units/sysctl-set-twice.md";
import sysctlWithoutPrefix from "./units/sysctl-without-prefix.md";
import timerOfMissingUnit from "./units/timer-of-missing-unit.md";
import timerThatNeverStarts from "./units/timer-that-never-starts.md";
import timerWithoutFirstRun from "./units/timer-without-first-run.md";
import unescapedUnitName from "./units/unescaped-unit-name.md";
import unfilteredBalance from "./units/unfiltered-balance.md";
import unitBeforeItsDatabase from "./units/unit-before-its-database.md";
import unitOfOtherEngine from "./units/unit-of-other-engine.md";
import unknownTimerSetting from "./units/unknown-timer-setting.md";
import upsWithoutItsDaemon from "./units/ups-without-its-daemon.md";
import userUnitWithoutLinger from "./units/user-unit-without-linger.md";
import writeOutsideSandbox from "./units/write-outside-sandbox.md";

/** The Markdown page of each rule, by code. */
export const pages: ReadonlyMap<string, string> = new Map([
  ["IMP010", missingImport],
  ["IMP011", moduleProblem],
  ["IMP012", droppedDefinition],
  ["IMP013", removedOption],
  ["IMP014", secretsWithoutKey],
  ["IMP015", fileOutsideFlake],
  ["IMP020", unusedSuppression],
  ["IMP021", invalidSuppression],
  ["IMP101", ineffectiveNodatacow],
  ["IMP102", differingFilesystemOptions],
  ["IMP103", nodatacowWithCompress],
  ["IMP104", nocowInSnapshotSource],
  ["IMP105", databaseOnCow],
  ["IMP106", unknownMountOption],
  ["IMP107", repeatedSubvolOption],
  ["IMP108", misplacedSwapFile],
  ["IMP110", worldWritableRoot],
  ["IMP111", invalidTmpfsSize],
  ["IMP112", subvolOnBcachefs],
  ["IMP113", longCommitInterval],
  ["IMP114", adjustedCompressionLevel],
  ["IMP115", atimeInSnapshotSource],
  ["IMP116", missingSubvolOption],
  ["IMP117", compressedNocow],
  ["IMP118", mismatchedStorageDriver],
  ["IMP119", nodatacowOnMirror],
  ["IMP130", mountAgainstDataset],
  ["IMP201", subvolumesAsList],
  ["IMP202", unknownSubvolumeKey],
  ["IMP203", mountOptionsWithoutMountpoint],
  ["IMP204", sharedMountpoint],
  ["IMP205", invalidDiskoSize],
  ["IMP206", refusedNeededForBoot],
  ["IMP207", swapWithoutMountpoint],
  ["IMP208", rootOwnedHomeMount],
  ["IMP209", missingDiskoOption],
  ["IMP210", unstableDiskNames],
  ["IMP211", diskoWithoutFilesystems],
  ["IMP212", mistypedBootPartition],
  ["IMP213", conflictingDevice],
  ["IMP214", secondRestPartition],
  ["IMP215", poolWithoutMode],
  ["IMP226", missingBiosPartition],
  ["IMP236", bootPartitionInNewArray],
  ["IMP301", storeNotNeededForBoot],
  ["IMP302", storeOnEphemeralRoot],
  ["IMP303", lateFilesystemWithPersistedPaths],
  ["IMP304", delayedStoreMount],
  ["IMP305", neededForBootWithoutDevice],
  ["IMP310", nixOnEphemeralRoot],
  ["IMP311", hibernationToRandomSwap],
  ["IMP312", zfsWithoutHostId],
  ["IMP313", hibernationWithoutOffset],
  ["IMP314", randomSwapByLabel],
  ["IMP315", discardWithoutEffect],
  ["IMP316", bootLoaderOnEphemeralRoot],
  ["IMP317", keyFileOutsideInitrd],
  ["IMP318", crypttabOptionsWithoutSystemd],
  ["IMP319", noexecStore],
  ["IMP320", filesystemOnUnopenedDisk],
  ["IMP321", writerWithoutItsMount],
  ["IMP322", bindBeforeZfsMount],
  ["IMP323", unimportedPool],
  ["IMP324", initrdSshWithoutAddress],
  ["IMP325", preservationWithScriptedInitrd],
  ["IMP326", earlyMountOnLateOne],
  ["IMP327", refusedHibernation],
  ["IMP328", preservationNotEnabled],
  ["IMP329", removableDiskWithoutNofail],
  ["IMP330", scriptedLuksOption],
  ["IMP331", openEmergencyShell],
  ["IMP332", resumeFromLockedDisk],
  ["IMP333", swapOutsideEncryption],
  ["IMP334", smallBootPartition],
  ["IMP335", secondBootLoader],
  ["IMP336", systemKeyInInitrd],
  ["IMP337", newestKernelWithZfs],
  ["IMP338", poolWithoutItsKey],
  ["IMP339", rebootToAPassphrase],
  ["IMP340", identityOfSeveralHosts],
  ["IMP341", homesUnderLateMount],
  ["IMP351", initrdSshWithoutDriver],
  ["IMP352", mirroredBootWithoutNofail],
  ["IMP353", bootLoaderOnOneDisk],
  ["IMP354", tangWithoutNetwork],
  ["IMP361", bootDiskNamedTwice],
  ["IMP366", hibernationWithoutSwap],
  ["IMP367", unassembledArray],
  ["IMP380", scriptedAskpassUnderSystemd],
  ["IMP381", unmirroredData],
  ["IMP382", unusableBuildDirectory],
  ["IMP401", unpersistedServiceState],
  ["IMP402", unpersistedUidMap],
  ["IMP403", unpersistedMachineId],
  ["IMP404", unpersistedTimerStamps],
  ["IMP405", unpersistedHostKeys],
  ["IMP406", dynamicUserLinkPersisted],
  ["IMP407", duplicateEntry],
  ["IMP408", persistedMountpoint],
  ["IMP409", missingPersistence],
  ["IMP410", openPrivateParent],
  ["IMP411", forgottenPassword],
  ["IMP412", nestedEntry],
  ["IMP413", homePathInUserEntry],
  ["IMP414", replacedFilePersisted],
  ["IMP415", generatedDirectoryPersisted],
  ["IMP416", readablePrivateDirectory],
  ["IMP417", misplacedEntry],
  ["IMP418", readablePrivateFile],
  ["IMP419", entryOfDisabledService],
  ["IMP420", unpersistedHome],
  ["IMP421", relativeSystemPath],
  ["IMP422", volumesWithoutTheirDatabase],
  ["IMP423", entryWithoutOwner],
  ["IMP424", lostConfiguration],
  ["IMP425", emptiedByTmpfiles],
  ["IMP426", dataPathOnWipedRoot],
  ["IMP427", madeDirectoryOnWipedRoot],
  ["IMP428", bindMountOfWipedDirectory],
  ["IMP429", rootOwnedEntry],
  ["IMP430", volatileJournal],
  ["IMP431", entryInImmutableEtc],
  ["IMP432", zoneKeysInRun],
  ["IMP433", rootOwnedHomeParents],
  ["IMP434", partlyKeptHome],
  ["IMP435", filePersistedAsDirectory],
  ["IMP436", containerDataOutsideVolumes],
  ["IMP437", movedHomeDirectory],
  ["IMP440", dataInPrivateTmp],
  ["IMP441", closedParent],
  ["IMP442", mismatchedUserHome],
  ["IMP443", serverWithoutStorage],
  ["IMP444", linkWithoutTarget],
  ["IMP445", fuseWithoutOthers],
  ["IMP446", ownerTakenByTmpfiles],
  ["IMP447", standaloneHomeManager],
  ["IMP448", writableParentInStore],
  ["IMP455", managedPathPersisted],
  ["IMP456", linkIntoLostDirectory],
  ["IMP459", doubledPrefix],
  ["IMP460", outdatedHomeStore],
  ["IMP461", dataOfAnotherVersion],
  ["IMP470", generatedValueThrownAway],
  ["IMP501", initrdUnitInStage2],
  ["IMP502", cleanUpOfTheParent],
  ["IMP503", unguardedRecursiveDelete],
  ["IMP504", rootDeleteWithoutNested],
  ["IMP505", scriptedHookUnderSystemd],
  ["IMP506", wipedSubvolumeIsNotTheRoot],
  ["IMP507", deleteOfTheMountedRoot],
  ["IMP508", rollbackBeforeResume],
  ["IMP509", initrdRollbackWithoutOrder],
  ["IMP510", rollbackOfDefaultSubvolume],
  ["IMP511", persistenceWithoutWipe],
  ["IMP512", rollbackThatNeverStarts],
  ["IMP513", rollbackOfMissingDevice],
  ["IMP514", unmadeBlank],
  ["IMP515", oneLevelOfNestedSubvolumes],
  ["IMP516", keptSubvolumeInsideRoot],
  ["IMP517", rollbackBehindSnapshots],
  ["IMP518", deleteOfEverySubvolume],
  ["IMP519", rollbackOfSimpleType],
  ["IMP520", rollbackBeforeImport],
  ["IMP521", unclearWipe],
  ["IMP522", collidingOldRoots],
  ["IMP523", endlessOldRoots],
  ["IMP524", rollbackBeforeDevice],
  ["IMP525", wrongListField],
  ["IMP526", readOnlyNewRoot],
  ["IMP536", snapshotIntoExistingRoot],
  ["IMP537", initrdMountOfTheHost],
  ["IMP601", invalidFindAge],
  ["IMP602", snapshotAgeByMtime],
  ["IMP603", snapshotRetention],
  ["IMP604", snapshotsOnEphemeralRoot],
  ["IMP605", writableArchive],
  ["IMP606", impossibleWeekdayTest],
  ["IMP607", btrbkRetention],
  ["IMP608", snapperTimeline],
  ["IMP609", snapshotOfWipedRoot],
  ["IMP610", unmadeSnapshotDirectory],
  ["IMP611", deepFindInSnapshots],
  ["IMP612", sanoidWithoutPruning],
  ["IMP613", unusableBeesFilesystem],
  ["IMP614", endlessSnapshots],
  ["IMP615", snapshotOfPlainDirectory],
  ["IMP616", mismatchedScrub],
  ["IMP617", ineffectiveLogRetention],
  ["IMP618", unmarkedAutoSnapshot],
  ["IMP619", nestedSubvolumeInSnapshotSource],
  ["IMP620", cleanUpOfTheYoung],
  ["IMP621", backupWithoutMounts],
  ["IMP622", endlessBackups],
  ["IMP623", databaseWithoutDump],
  ["IMP624", dumpOfNothing],
  ["IMP625", dumpOutsideBackup],
  ["IMP626", archiveCommandWithoutMode],
  ["IMP627", zreplKeepRules],
  ["IMP628", pruneOfOtherArchives],
  ["IMP629", datedBackupPath],
  ["IMP630", pruneOfAppendOnly],
  ["IMP631", invalidBackupRetention],
  ["IMP632", excludedBackupPath],
  ["IMP633", backupWithoutTimer],
  ["IMP634", liveDatabaseInBackup],
  ["IMP635", datasetLeftOut],
  ["IMP636", jobOfMissingDataset],
  ["IMP637", containerWithoutChildren],
  ["IMP638", pruneOfNothing],
  ["IMP639", unsortableNames],
  ["IMP640", subvolumeLeftOut],
  ["IMP641", copyOnTheSameDisk],
  ["IMP642", unmountedBtrbkVolume],
  ["IMP643", dumpsAgedAway],
  ["IMP645", cleanUpOfTheNewest],
  ["IMP646", collidingSnapshots],
  ["IMP647", backupOfUnusedDirectory],
  ["IMP650", databaseOutsideBackup],
  ["IMP651", backupWithoutCatchUp],
  ["IMP652", rareSanoidRuns],
  ["IMP653", stoppedForBackup],
  ["IMP654", plainSendOfEncrypted],
  ["IMP655", hiddenDumpFailure],
  ["IMP656", dumpWithoutItsRole],
  ["IMP657", dumpBeforeItsServer],
  ["IMP658", dumpAfterBackup],
  ["IMP659", excludeOutsideSources],
  ["IMP660", backupOfNothing],
  ["IMP661", repositoryOnTheSameDisk],
  ["IMP662", backupAsOtherUser],
  ["IMP663", removedReadOnlySnapshot],
  ["IMP667", snapshotsOfAReplica],
  ["IMP668", retentionAcrossHosts],
  ["IMP669", replicaWithoutPruning],
  ["IMP674", copyOnWipedRoot],
  ["IMP676", backupOnlyAtBoot],
  ["IMP677", repositoryWithoutCredentials],
  ["IMP691", foreignSnapshotsPruned],
  ["IMP692", backupBehindSandbox],
  ["IMP693", backupIntoMemory],
  ["IMP694", clusterSnapshotsWithoutEtcd],
  ["IMP701", invalidCalendar],
  ["IMP702", missingUnitPath],
  ["IMP703", sysctlOutOfRange],
  ["IMP704", neverElapsingCalendar],
  ["IMP705", persistentWithoutCalendar],
  ["IMP706", sysctlSetTwice],
  ["IMP707", backgroundAboveDirtyRatio],
  ["IMP708", scrubInBackground],
  ["IMP709", unfilteredBalance],
  ["IMP710", invalidTimeSpan],
  ["IMP711", sysctlWithoutPrefix],
  ["IMP712", lostEscape],
  ["IMP713", unescapedUnitName],
  ["IMP714", timerThatNeverStarts],
  ["IMP715", timerOfMissingUnit],
  ["IMP716", timerWithoutFirstRun],
  ["IMP717", restartedOneshot],
  ["IMP718", writeOutsideSandbox],
  ["IMP725", unknownTimerSetting],
  ["IMP726", shellSyntaxInCommand],
  ["IMP727", ephemeralContainerState],
  ["IMP728", unitOfOtherEngine],
  ["IMP729", referenceToMissingUnit],
  ["IMP730", userUnitWithoutLinger],
  ["IMP731", dataInRuntimeDirectory],
  ["IMP732", sharedDirectoryGivenAway],
  ["IMP733", readOnlyDataInContainer],
  ["IMP734", movingStateVersion],
  ["IMP735", mailWithoutMailer],
  ["IMP736", upsWithoutItsDaemon],
  ["IMP738", exportWithoutChildren],
  ["IMP739", containerUserWithoutAccess],
  ["IMP740", deploymentAsRefusedRoot],
  ["IMP741", hostSecretInContainer],
  ["IMP742", containerNotStarted],
  ["IMP743", floatingDatabaseImage],
  ["IMP744", raisedStateVersion],
  ["IMP745", postgresWithoutSocketAccess],
  ["IMP746", overrideOfSuppressedUnit],
  ["IMP747", stateInMemory],
  ["IMP756", settingsOfMissingUnit],
  ["IMP757", deploymentOfAnotherHost],
  ["IMP758", firewallRulesOfAnotherKind],
  ["IMP771", unitBeforeItsDatabase],
  ["IMP801", lateSecretIdentity],
  ["IMP802", latePasswordFile],
  ["IMP803", fileOnWipedRoot],
  ["IMP804", secretInNixStore],
  ["IMP805", lostKnownHosts],
  ["IMP806", lostCredentialKey],
  ["IMP807", lostAuthorizedKeys],
  ["IMP808", deployedKeyInMemory],
  ["IMP809", ownerOfEarlySecret],
  ["IMP810", secretOfDynamicUser],
  ["IMP811", unreadableSecret],
  ["IMP812", secretForOtherHosts],
  ["IMP813", coveredSecretLink],
  ["IMP814", missingEncryptedSecret],
  ["IMP815", lostLoginKeys],
  ["IMP816", lostHomeIdentity],
  ["IMP826", certificateOfAnotherGroup],
  ["IMP836", unknownSecretPath],
  ["IMP837", lostRcloneRemotes],
  ["IMP838", backupPasswordOnOneHost],
  ["IMP901", manyBindMounts],
]);
