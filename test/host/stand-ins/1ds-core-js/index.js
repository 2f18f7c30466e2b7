"use strict";

// The server imports this name when it starts and, with telemetry off, never calls it.
exports.AppInsightsCore = class AppInsightsCore {};
