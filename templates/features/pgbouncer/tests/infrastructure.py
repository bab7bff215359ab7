@pytest.fixture
def pgbouncer(resource):
    return resource("pgbouncer", "Pgbouncer")


def test_there_is_never_a_third_pgbouncer(pgbouncer):
    # Each may hold a whole pool, and to even out the zones ECS would start one more first.
    assert pgbouncer["DesiredCount"] == 2
    assert pgbouncer["DeploymentConfiguration"]["MinimumHealthyPercent"] == 50
    assert pgbouncer["DeploymentConfiguration"]["MaximumPercent"] == 100
    assert pgbouncer["AvailabilityZoneRebalancing"] == "DISABLED"


def test_the_web_tasks_find_pgbouncer(stacks, resource, pgbouncer):
    web = {item["name"]: item["value"] for item in container("web")["environment"]}
    namespace = resource("pgbouncer", "Namespace")["Name"]
    assert web["DB_HOST"] == f"{resource('pgbouncer', 'Discovery')['Name']}.{namespace}"
    assert stacks["pgbouncer"]["Outputs"]["PgbouncerHost"]["Value"] == web["DB_HOST"]
    assert pgbouncer["ServiceRegistries"] == [{"RegistryArn": {"GetAtt": "Discovery.Arn"}}]
    # A connection of Django outlives that a task goes: the new one must be found soon after.
    (record,) = resource("pgbouncer", "Discovery")["DnsConfig"]["DnsRecords"]
    assert record["Type"] == "A"
    assert record["TTL"] <= 10


def test_pgbouncer_is_reached_by_the_tasks_only_and_reaches_the_database(resource):
    web = {item["name"]: item["value"] for item in container("web")["environment"]}
    (mapping,) = container("pgbouncer")["portMappings"]
    port = mapping["containerPort"]
    assert int(web["DB_PORT"]) == int(pgbouncer_settings()["listen_port"]) == port
    way = resource("network", "TasksToPgbouncer")
    assert way["FromPort"] == way["ToPort"] == port
    assert way["SourceSecurityGroupId"] == {"Ref": "TaskSecurityGroup"}
    out = resource("network", "TaskSecurityGroup")["SecurityGroupEgress"]
    assert port in [rule["ToPort"] for rule in out]
    way = resource("network", "PgbouncerToDatabase")
    assert way["FromPort"] == way["ToPort"] == 5432
    assert way["SourceSecurityGroupId"] == {"Ref": "PgbouncerSecurityGroup"}


def test_the_numbers_of_pgbouncer_are_the_planned_ones(pgbouncer, resource, size):
    planned = size["pgbouncer"]
    assert pgbouncer["DesiredCount"] == planned["tasks"]
    deployment = pgbouncer["DeploymentConfiguration"]
    assert deployment["MinimumHealthyPercent"] == planned["minimumHealthyPercent"]
    assert deployment["MaximumPercent"] == planned["maximumPercent"]
    alarms = ("PgbouncerWait", "PgbouncerRunningTasks", "PgbouncerCpu")
    wait, running, cpu = (resource("pgbouncer", name)["Threshold"] for name in alarms)
    # PgBouncer's log has microseconds.
    assert wait == 1000 * planned["waitAlarmMs"]
    assert running == planned["runningTasksAlarm"]
    assert cpu == planned["cpuAlarmPercent"]


def test_the_alarms_of_pgbouncer_look_at_what_it_writes(resource):
    group = container("pgbouncer")["logConfiguration"]["options"]["awslogs-group"]
    assert resource("platform", "PgbouncerLogGroup")["LogGroupName"] == group
    for name in ("PgbouncerWait", "PgbouncerTurnedAway"):
        log = resource("platform", name)
        assert log["LogGroupName"] == {"Ref": "PgbouncerLogGroup"}
        (made,) = log["MetricTransformations"]
        alarm = resource("pgbouncer", name)
        assert alarm["Namespace"] == made["MetricNamespace"]
        assert alarm["MetricName"] == made["MetricName"]
    # The lines that the filters wait for are there as long as nobody switches them off.
    settings = pgbouncer_settings()
    assert settings["stats_period"] == "60"
    assert settings.get("log_stats", "1") == settings.get("log_pooler_errors", "1") == "1"
