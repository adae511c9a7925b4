%% Records what OTP's gen_statem does with random programs: gen_statem_golden.txt, which gen_statem_golden.test.cpp plays with ours.
%%   erlc gen_statem_golden.erl && erl +S 1:1 -noshell -pa . -run gen_statem_golden main 300 > gen_statem_golden.txt
%% The installed gen_statem is used, recompiled with two changes: its timers are counted here instead of in real time, and a pending
%% zero timeout that is replaced by another one is replaced indeed (OTP 25 loses it, R-SM-6).
%%
%% A program is {program,Id,Init,Enter,Rules,Script}.
%%   Init    [Action]                  of the first state s0
%%   Enter   [{State,[Action]}]        what its enter handler does
%%   Rules   [{State,Kind,N,Next,[Action]}]   what it does with an event; an event without a rule is kept and forgotten
%%   Script  [{cast|info|call,N} | {wait,Ms} | suspend | resume]
%%   Kind    cast, info, call, internal, state, event, n1, n2: the last four are the timeouts. Next: keep, repeat, stop, or a state.
%%   Action  postpone, hibernate, {insert,Kind,N}, {set,Key,Ms,N}, {cancel,Key}, {update,Key,N}, {reply,N} (of a call; else nothing)
%% After 60 handled events rules do nothing any more, so that every program ends. Its log, one line: {log,Id,[Entry]}.
%%   Entry   {enter,State,Old}, {on,State,Kind,N}, {reply,Call,N} (the Call-th call), {terminate,State,Reason}
-module(gen_statem_golden).
-behaviour(gen_statem).
-export([main/1, start_timer/4, cancel_timer/1]).
-export([init/1, callback_mode/0, handle_event/4, terminate/3]).

main([Count]) ->
    patch(),
    process_flag(trap_exit, true),
    logger:set_primary_config(level, none),
    rand:seed(exsss, {1, 2, 3}),
    io:format("% ~s, gen_statem of stdlib ~s. Format and origin: gen_statem_golden.erl~n",
              ["Erlang/OTP " ++ erlang:system_info(otp_release), stdlib_version()]),
    [begin
         Program = program(Id),
         Log = run(Program),
         io:format("~w.~n~w.~n", [pruned(Program, Log), {log, Id, Log}])
     end || Id <- lists:seq(1, list_to_integer(Count))],
    halt().

stdlib_version() ->
    [V] = [V || {stdlib, _, V} <- application:loaded_applications()],
    V.

%% ---- the two changes

patch() ->
    {ok, {_, [{abstract_code, {_, Forms}}]}} = beam_lib:chunks(code:which(gen_statem), [abstract_code]),
    put(changed, []),
    Changed = [form(F) || F <- Forms],
    [cancel, cancel, cancel, mend, start] = lists:sort(get(changed)),
    {ok, gen_statem, Beam} = compile:forms(Changed, [nowarn_deprecated_catch]),
    code:unstick_mod(gen_statem),
    {module, gen_statem} = code:load_binary(gen_statem, "gen_statem", Beam).

form({function, _, loop_timeouts_register, 15, _} = F) -> mend(F);
form(F) -> timers(F).

mend({tuple, L, [{integer, _, 0}, {var, _, 'TimeoutMsg'} = Msg]}) -> changed(mend), {tuple, L, [{var, L, 'TimerRef'}, Msg]};
mend(T) when is_tuple(T) -> list_to_tuple(mend(tuple_to_list(T)));
mend([H | T]) -> [mend(H) | mend(T)];
mend(T) -> timers(T).

timers({call, L, {remote, _, {atom, _, erlang}, {atom, _, start_timer}}, As}) -> changed(start), here(L, start_timer, As);
timers({call, L, {remote, _, {atom, _, erlang}, {atom, _, cancel_timer}}, As}) -> changed(cancel), here(L, cancel_timer, As);
timers(T) when is_tuple(T) -> list_to_tuple(timers(tuple_to_list(T)));
timers([H | T]) -> [timers(H) | timers(T)];
timers(T) -> T.

here(L, Function, As) -> {call, L, {remote, L, {atom, L, ?MODULE}, {atom, L, Function}}, As}.
changed(What) -> put(changed, [What | get(changed)]).

%% ---- virtual time: a table of {{Due, Nth}, Ref, Pid, Message} and a clock

start_timer(Wait, Pid, Message, _) ->
    Ref = make_ref(),
    [{now, Now}] = ets:lookup(clock, now),
    Nth = ets:update_counter(clock, timers, 1),
    ets:insert(timers, {{Now + Wait, Nth}, Ref, Pid, Message}),
    Ref.

cancel_timer(Ref) ->
    case ets:match_delete(timers, {'_', Ref, '_', '_'}) of true -> 0 end.

wait_until(Time, M) ->
    case ets:first(timers) of
        {Due, _} = Key when Due =< Time ->
            [{_, Ref, Pid, Message}] = ets:take(timers, Key),
            ets:insert(clock, {now, Due}),
            Pid ! {timeout, Ref, Message},
            settle(M),
            wait_until(Time, M);
        _ -> ets:insert(clock, {now, Time})
    end.

%% Until the machine has nothing to do; a suspended one has not.
settle(M) ->
    try sys:get_state(M) of _ -> ok catch exit:_ -> ok end.

%% ---- running a program

run({program, _, Init, Enter, Rules, Script}) ->
    ets:new(clock, [named_table, public]),
    ets:new(timers, [named_table, public, ordered_set]),
    ets:new(log, [named_table, public, ordered_set]),
    ets:insert(clock, [{now, 0}, {timers, 0}, {entries, 0}, {handled, 0}]),
    {ok, M} = gen_statem:start_link(?MODULE, {Init, Enter, Rules}, []),
    settle(M),
    Calls = script(Script, M, 0, []),
    settle(M),
    unlink(M),
    exit(M, kill),
    replies(lists:reverse(Calls), 1),
    Log = [E || {_, E} <- ets:tab2list(log)],
    [ets:delete(T) || T <- [clock, timers, log]],
    receive {'EXIT', M, _} -> ok after 0 -> ok end,
    Log.

script([Step | Rest], M, Now, Calls) ->
    case Step of
        {cast, N} -> gen_statem:cast(M, N), settle(M, Rest, Now, Calls);
        {info, N} -> M ! N, settle(M, Rest, Now, Calls);
        {call, N} -> settle(M, Rest, Now, [gen_statem:send_request(M, N) | Calls]);
        {wait, Ms} -> wait_until(Now + Ms, M), script(Rest, M, Now + Ms, Calls);
        suspend -> catch sys:suspend(M), script(Rest, M, Now, Calls);
        resume -> catch sys:resume(M), settle(M, Rest, Now, Calls)
    end;
script([], _, _, Calls) -> Calls.

settle(M, Rest, Now, Calls) -> settle(M), script(Rest, M, Now, Calls).

replies([Id | Ids], Nth) ->
    case gen_statem:receive_response(Id, 0) of
        {reply, N} -> log({reply, Nth, N});
        _ -> ok
    end,
    replies(Ids, Nth + 1);
replies([], _) -> ok.

log(Entry) -> ets:insert(log, {ets:update_counter(clock, entries, 1), Entry}).

%% ---- the machine

callback_mode() -> [handle_event_function, state_enter].

init({Init, _, _} = Program) -> {ok, s0, Program, actions(Init, none)}.

handle_event(enter, Old, State, {_, Enter, _}) ->
    log({enter, State, Old}),
    {keep_state_and_data, actions(proplists:get_value(State, Enter, []), none)};
handle_event(Type, N, State, {_, _, Rules} = Program) ->
    {Kind, From} = kind(Type),
    log({on, State, Kind, N}),
    Live = ets:update_counter(clock, handled, 1) =< 60,
    case [{Next, As} || {S, K, M, Next, As} <- Rules, Live, S =:= State, K =:= Kind, M =:= N] of
        [{keep, As} | _] -> {keep_state_and_data, actions(As, From)};
        [{repeat, As} | _] -> {repeat_state_and_data, actions(As, From)};
        [{stop, As} | _] -> {stop_and_reply, {shutdown, N}, [A || {reply, _, _} = A <- actions(As, From)]};
        [{Next, As} | _] -> {next_state, Next, Program, actions(As, From)};
        [] -> keep_state_and_data
    end.

terminate(Reason, State, _) -> log({terminate, State, Reason}).

kind({call, From}) -> {call, From};
kind(state_timeout) -> {state, none};
kind(timeout) -> {event, none};
kind({timeout, Name}) -> {Name, none};
kind(Kind) -> {Kind, none}.

actions(As, From) -> lists:append([action(A, From) || A <- As]).

action({reply, _}, none) -> [];
action({reply, N}, From) -> [{reply, From, N}];
action({insert, call, _}, none) -> [];
action({insert, call, N}, From) -> [{next_event, {call, From}, N}];
action({insert, Kind, N}, _) -> [{next_event, type(Kind), N}];
action({set, Key, Ms, N}, _) -> [{type(Key), Ms, N}];
action({cancel, Key}, _) -> [{type(Key), cancel}];
action({update, Key, N}, _) -> [{type(Key), update, N}];
action(Other, _) -> [Other].

type(state) -> state_timeout;
type(event) -> timeout;
type(Kind) when Kind =:= n1; Kind =:= n2 -> {timeout, Kind};
type(Kind) -> Kind.

%% ---- random programs

program(Id) ->
    {program, Id, some(2, fun init_action/0), [{S, some(2, fun enter_action/0)} || S <- states()],
     [{S, K, N, next(), some(3, fun action/0)} || S <- states(), K <- kinds(), N <- [0, 1], rand:uniform(3) > 1],
     lists:append([step() || _ <- lists:seq(1, 1 + rand:uniform(7))])}.

states() -> [s0, s1, s2].
kinds() -> [cast, info, call, internal, state, event, n1, n2].
keys() -> [state, event, n1, n2].
next() -> one([keep, keep, keep, repeat, s0, s1, s2, s0, s1, s2, one([keep, keep, keep, stop])]).
number() -> one([0, 1]).

%% All waits are multiples of 10 and the script's, of 101, are not: no timer goes off at a step of the script.
step() ->
    case rand:uniform(4) of
        1 -> [{wait, 101}];
        2 -> [suspend | [message() || _ <- lists:seq(1, rand:uniform(4))]] ++ [resume];
        _ -> [message()]
    end.
message() -> {one([cast, info, call]), number()}.

timeout_action() ->
    Key = one(keys()),
    case rand:uniform(6) of
        1 -> {cancel, Key};
        2 -> {update, Key, number()};
        3 -> {set, Key, one([10, 20, 50, 200]), number()};
        _ -> {set, Key, one([0, 0, 10, 30]), number()}
    end.
enter_action() -> one([timeout_action(), timeout_action(), hibernate]).
init_action() -> one([timeout_action(), {insert, one(kinds() -- [call]), number()}]).
action() ->
    one([postpone, postpone, {insert, one(kinds()), number()}, {insert, one(kinds()), number()}, {reply, number()}, hibernate,
         timeout_action(), timeout_action(), timeout_action()]).

%% Without the rules that were never used.
pruned({program, Id, Init, Enter, Rules, Script}, Log) ->
    {program, Id, Init, [E || {S, [_ | _]} = E <- Enter, lists:any(fun(L) -> element(1, L) =:= enter andalso element(2, L) =:= S end, Log)],
     [R || {S, K, N, _, _} = R <- Rules, lists:member({on, S, K, N}, Log)], Script}.

some(Max, Make) -> [Make() || _ <- lists:seq(1, rand:uniform(Max + 1) - 1)].
one(List) -> lists:nth(rand:uniform(length(List)), List).
