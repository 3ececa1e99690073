"""Counties and countries, which are no post towns: facts of British geography."""

# Left out: Orkney and Shetland, Bristol, Durham, London and others that are post towns as well.
COUNTIES = frozenset(
    name.strip()
    for name in """
    avon, bedfordshire, beds, berkshire, berks, buckinghamshire, bucks, cambridgeshire, cambs, cheshire, cleveland,
    co durham, county durham, cornwall, cumberland, cumbria, derbyshire, devon, dorset, essex, east sussex, west sussex,
    sussex, gloucestershire, glos, greater london, greater manchester, hampshire, hants, herefordshire, hertfordshire,
    herts, humberside, huntingdonshire, isle of wight, kent, lancashire, lancs, leicestershire, leics, lincolnshire,
    lincs, merseyside, middlesex, middx, norfolk, northamptonshire, northants, northumberland, nottinghamshire, notts,
    oxfordshire, oxon, rutland, salop, shropshire, somerset, staffordshire, staffs, suffolk, surrey, tyne and wear,
    tyne & wear, warwickshire, west midlands, westmorland, wiltshire, wilts, worcestershire, worcs, yorkshire,
    east yorkshire, east riding of yorkshire, north yorkshire, south yorkshire, west yorkshire, n yorkshire,
    s yorkshire, w yorkshire, e yorkshire, yorks, north yorks, n yorks, south yorks, s yorks, west yorks, w yorks,
    east yorks, e yorks, derbys, warks, herefs, w midlands, e sussex, w sussex, isle of anglesey, ynys môn, sir benfro,
    sir gaerfyrddin, sir y fflint, sir ddinbych, sir fynwy, argyll and bute, argyll & bute, dumfries and galloway,
    dumfries & galloway, perth and kinross, perth & kinross, west dunbartonshire, east dunbartonshire,
    east renfrewshire, western isles, na h-eileanan siar, north humberside, south humberside, north lincolnshire,
    clwyd, dyfed, gwent, gwynedd, powys, mid glamorgan, south glamorgan, west glamorgan, glamorgan, carmarthenshire,
    ceredigion, denbighshire, flintshire, monmouthshire, pembrokeshire, anglesey, ynys mon, rhondda cynon taf,
    aberdeenshire, angus, argyll, argyllshire, ayrshire, east ayrshire, north ayrshire, south ayrshire, banffshire,
    berwickshire, caithness, clackmannanshire, dumfriesshire, dunbartonshire, east lothian, mid lothian, midlothian,
    west lothian, lothian, fife, inverness-shire, inverness shire, kincardineshire, kinross-shire, kirkcudbrightshire,
    lanarkshire, north lanarkshire, south lanarkshire, morayshire, moray, nairnshire, peeblesshire, perthshire,
    renfrewshire, ross-shire, ross shire, roxburghshire, selkirkshire, stirlingshire, sutherland, wigtownshire,
    scottish borders,
    co antrim, county antrim, co armagh, county armagh, co down, county down, fermanagh, co fermanagh,
    county fermanagh, co londonderry, county londonderry, co derry, county derry, tyrone, co tyrone, county tyrone
    """.split(",")  # noqa: SIM905  a list is read more easily than quoted words
)
COUNTRIES = frozenset(
    (
        "uk", "u.k.", "u.k", "gb", "g.b.", "great britain", "britain", "united kingdom", "the united kingdom",
        "england", "scotland", "wales", "cymru", "northern ireland", "n ireland", "n. ireland", "ireland", "alba",
        "england uk", "scotland uk", "wales uk",
    )
)  # fmt: skip
