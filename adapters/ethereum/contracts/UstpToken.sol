// SPDX-License-Identifier: Apache-2.0
// Written from the text of ERC-20 and ERC-3643 (CC0). Function names are ERC-3643's; the identity registry and the
// compliance contract of that standard are not here: who may hold is decided by the gateways' statements.
pragma solidity 0.8.30;

/// One instrument on one account ledger: balances, the acts of agents, and the operations of USTP. Not behind a proxy,
/// so that the code hash at this address is the code that runs.
///
/// Theory of operation. Every account has a balance, a part of it frozen by an agent (an authority's act) and a part of
/// it locked by operations. One rule guards the locked part: after whatever anybody does, balance >= locked + frozen,
/// and `locked` changes only in operate(). So no holder, no other agent and no owner can move, burn or unfreeze units
/// that a settlement counts on, and an abort never needs anybody's consent. Locks do not expire (decision 13).
contract UstpToken {
    // ---------------------------------------------------------------- events and errors
    event Transfer(address indexed from, address indexed to, uint256 value);
    event TokensFrozen(address indexed userAddress, uint256 amount);
    event TokensUnfrozen(address indexed userAddress, uint256 amount);
    event AddressFrozen(address indexed userAddress, bool indexed isFrozen, address indexed owner);
    event Paused(address userAddress);
    event Unpaused(address userAddress);
    event AgentAdded(address indexed agent);
    event AgentRemoved(address indexed agent);
    event UstpOperation(bytes32 indexed id, uint8 indexed kind, bytes32 indexed requestHash, bytes32 related,
        bytes32 instrument, address account, uint256 amount);

    // Refusals of operate() name the operation; the adapter maps each to a code of the registry (revert.cpp).
    error OperationConflict(bytes32 id);      // the id was used with another request
    error AlreadyDone(bytes32 id);            // a repeat of the same request: no second effect, no second event
    error Tombstoned(bytes32 id);             // undone before it came: can never take effect
    error LockMissing(bytes32 id);            // `related` is not in force for this account and amount
    error AccountBlocked(bytes32 id);
    error InsufficientAvailable(bytes32 id);
    error WrongAccount(bytes32 id);           // create and destroy name custody; nobody else may
    error QuantityZero(bytes32 id);
    error QuantityTooLarge(bytes32 id);
    error UnknownKind(bytes32 id);
    error LedgerHalted(bytes32 id);           // paused: nothing new is begun, what was begun is ended
    error NotAgent(address caller);
    error NotOwner(address caller);
    error InsufficientBalance(address account);
    error UnitsLocked(address account);       // the act would touch units that an operation has locked
    error FrozenTooLow(address account);
    error AddressIsFrozen(address account);
    error TokenPaused();
    error ReservedAddress(address account);
    error LastAgent(address agent);

    // ---------------------------------------------------------------- state
    struct Operation {
        uint8 status;         // kNone, kDone, kTombstoned
        uint8 kind;           // OperationKind of the protocol
        bool ended;           // lock, create, suspend: another operation has used it up
        uint64 blockNumber;
        address account;      // lock: holder; create: custody; suspend: beneficiary
        bytes32 requestHash;
        uint256 amount;
    }
    uint8 private constant kNone = 0;
    uint8 private constant kDone = 1;
    uint8 private constant kTombstoned = 2;

    uint8 private constant kLock = 1;
    uint8 private constant kUnlock = 2;
    uint8 private constant kExtinguish = 3;
    uint8 private constant kCreate = 4;
    uint8 private constant kAssign = 5;
    uint8 private constant kDestroy = 6;
    uint8 private constant kSuspend = 7;
    uint8 private constant kRelease = 8;

    string public name;
    string public symbol;
    uint8 public immutable decimals;
    bytes32 public immutable instrument;  // ISIN or DTI in ASCII, zeros behind it
    address public immutable custody;     // holds created units until they are assigned
    address public immutable suspense;    // holds units that are somebody's but blocked
    address public immutable owner;       // names agents; has no other power
    uint256 public totalSupply;
    bool public paused;
    uint256 private openOperations;       // locks, creations and suspensions in force
    uint256 private agents;

    mapping(address => uint256) public balanceOf;
    mapping(address => bool) public isAgent;
    mapping(address => bool) public isFrozen;
    mapping(address => uint256) private frozen;
    mapping(address => uint256) private locked;
    mapping(address => uint256) private suspended;  // by beneficiary; the units stand on the suspense account
    mapping(bytes32 => Operation) private done;

    constructor(string memory name_, string memory symbol_, uint8 decimals_, bytes32 instrument_, address custody_,
        address suspense_, address agent_) {
        require(custody_ != address(0) && suspense_ != address(0) && custody_ != suspense_, ReservedAddress(custody_));
        name = name_;
        symbol = symbol_;
        decimals = decimals_;
        instrument = instrument_;
        custody = custody_;
        suspense = suspense_;
        owner = msg.sender;
        _addAgent(agent_);
    }

    modifier onlyAgent() {
        require(isAgent[msg.sender], NotAgent(msg.sender));
        _;
    }
    modifier onlyOwner() {
        require(msg.sender == owner, NotOwner(msg.sender));
        _;
    }

    // ---------------------------------------------------------------- the operations of USTP
    /// One operation of a settlement. Idempotent by id: the id is bound to `requestHash`, for ever.
    function operate(bytes32 id, uint8 kind, bytes32 related, bytes32 requestHash, address account, uint256 amount)
        external onlyAgent
    {
        Operation storage known = done[id];
        if (known.status == kTombstoned) revert Tombstoned(id);
        if (known.status == kDone) {
            if (known.requestHash != requestHash || known.kind != kind) revert OperationConflict(id);
            revert AlreadyDone(id);
        }
        require(amount != 0, QuantityZero(id));
        require(account != address(0), WrongAccount(id));
        known.status = kDone;
        known.kind = kind;
        known.blockNumber = uint64(block.number);
        known.requestHash = requestHash;
        emit UstpOperation(id, kind, requestHash, related, instrument, account, amount);

        if (kind == kLock) _lock(id, account, amount);
        else if (kind == kUnlock) _unlock(id, related, account, amount);
        else if (kind == kExtinguish) _extinguish(id, related, account, amount);
        else if (kind == kCreate) _create(id, account, amount);
        else if (kind == kAssign) _assign(id, related, account, amount);
        else if (kind == kDestroy) _destroy(id, related, account, amount);
        else if (kind == kSuspend) _suspend(id, related, account, amount);
        else if (kind == kRelease) _release(id, related, account, amount);
        else revert UnknownKind(id);
    }

    function _lock(bytes32 id, address account, uint256 amount) private {
        require(!paused, LedgerHalted(id));
        require(!isFrozen[account], AccountBlocked(id));
        // What stands in custody or suspense is provisional or blocked as a whole: its available part is zero.
        require(_available(account) >= amount, InsufficientAvailable(id));
        locked[account] += amount;
        _open(id, account, amount);
    }

    // Works for a frozen holder and a paused token: an abort must always be possible.
    function _unlock(bytes32 id, bytes32 related, address account, uint256 amount) private {
        if (_tombstone(id, related)) return;
        _end(id, related, kLock, account, amount);
        locked[account] -= amount;
    }

    function _extinguish(bytes32 id, bytes32 related, address account, uint256 amount) private {
        _end(id, related, kLock, account, amount);
        locked[account] -= amount;
        _debit(account, amount);
        emit Transfer(account, address(0), amount);
    }

    function _create(bytes32 id, address account, uint256 amount) private {
        require(!paused, LedgerHalted(id));
        require(account == custody, WrongAccount(id));
        require(amount <= type(uint128).max - totalSupply, QuantityTooLarge(id));
        _credit(custody, amount);
        locked[custody] += amount;
        _open(id, custody, amount);
        emit Transfer(address(0), custody, amount);
    }

    function _assign(bytes32 id, bytes32 related, address account, uint256 amount) private {
        require(!isFrozen[account], AccountBlocked(id));
        require(!_reserved(account), WrongAccount(id));
        _end(id, related, kCreate, custody, amount);
        locked[custody] -= amount;
        _move(custody, account, amount);
    }

    function _destroy(bytes32 id, bytes32 related, address account, uint256 amount) private {
        require(account == custody, WrongAccount(id));
        if (_tombstone(id, related)) return;
        _end(id, related, kCreate, custody, amount);
        locked[custody] -= amount;
        _debit(custody, amount);
        emit Transfer(custody, address(0), amount);
    }

    function _suspend(bytes32 id, bytes32 related, address account, uint256 amount) private {
        require(!_reserved(account), WrongAccount(id));
        _end(id, related, kCreate, custody, amount);
        locked[custody] -= amount;
        locked[suspense] += amount;
        suspended[account] += amount;
        _open(id, account, amount);
        _move(custody, suspense, amount);
    }

    function _release(bytes32 id, bytes32 related, address account, uint256 amount) private {
        require(!isFrozen[account], AccountBlocked(id));
        _end(id, related, kSuspend, account, amount);
        locked[suspense] -= amount;
        suspended[account] -= amount;
        _move(suspense, account, amount);
    }

    function _open(bytes32 id, address account, uint256 amount) private {
        done[id].account = account;
        done[id].amount = amount;
        ++openOperations;
    }

    // `related` is in force, of this kind, for exactly this account and amount; from now on it is used up.
    function _end(bytes32 id, bytes32 related, uint8 kind, address account, uint256 amount) private {
        Operation storage it = done[related];
        require(it.status == kDone && it.kind == kind && !it.ended && it.account == account && it.amount == amount,
            LockMissing(id));
        it.ended = true;
        --openOperations;
    }

    // The undo of an id that was never seen: the id can never take effect any more (decision 8).
    function _tombstone(bytes32 id, bytes32 related) private returns (bool) {
        require(id != related, LockMissing(id));
        if (done[related].status != kNone) return false;
        done[related].status = kTombstoned;
        return true;
    }

    // ---------------------------------------------------------------- views
    function operations(bytes32 id) external view
        returns (uint8 status, uint8 kind, bytes32 requestHash, uint64 blockNumber)
    {
        Operation storage it = done[id];
        return (it.status, it.kind, it.requestHash, it.blockNumber);
    }

    /// Rights on this ledger, and units created but not yet assigned.
    function supply() external view returns (uint256 outstanding, uint256 provisional) {
        return (totalSupply - balanceOf[custody], balanceOf[custody]);
    }

    /// All that is known of one holder; `blocked` is frozen by an agent or waits on the suspense account for it.
    function position(address account) external view
        returns (uint256 balance, uint256 lockedUnits, uint256 frozenUnits, uint256 suspendedUnits, bool accountFrozen)
    {
        return (balanceOf[account], locked[account], frozen[account], suspended[account], isFrozen[account]);
    }

    /// ERC-3643: what the holder cannot spend. Locked units are among it, though no agent can unfreeze them.
    function getFrozenTokens(address account) external view returns (uint256) {
        return frozen[account] + locked[account];
    }

    // ---------------------------------------------------------------- holders
    function transfer(address to, uint256 amount) external returns (bool) {
        require(!paused, TokenPaused());
        require(!isFrozen[msg.sender], AddressIsFrozen(msg.sender));
        require(!isFrozen[to], AddressIsFrozen(to));
        require(to != address(0) && !_reserved(to), ReservedAddress(to));
        require(_available(msg.sender) >= amount, InsufficientBalance(msg.sender));
        _move(msg.sender, to, amount);
        return true;
    }

    // ---------------------------------------------------------------- agents
    function mint(address to, uint256 amount) external onlyAgent {
        require(to != address(0) && !_reserved(to), ReservedAddress(to));
        require(amount <= type(uint128).max - totalSupply, QuantityTooLarge(bytes32(0)));
        _credit(to, amount);
        emit Transfer(address(0), to, amount);
    }

    function burn(address from, uint256 amount) external onlyAgent {
        _yield(from, amount);
        _debit(from, amount);
        emit Transfer(from, address(0), amount);
    }

    function forcedTransfer(address from, address to, uint256 amount) external onlyAgent returns (bool) {
        require(to != address(0) && !_reserved(to), ReservedAddress(to));
        _yield(from, amount);
        _move(from, to, amount);
        return true;
    }

    function freezePartialTokens(address account, uint256 amount) external onlyAgent {
        require(_available(account) >= amount, InsufficientBalance(account));
        frozen[account] += amount;
        emit TokensFrozen(account, amount);
    }

    function unfreezePartialTokens(address account, uint256 amount) external onlyAgent {
        require(frozen[account] >= amount, FrozenTooLow(account));
        frozen[account] -= amount;
        emit TokensUnfrozen(account, amount);
    }

    function setAddressFrozen(address account, bool freeze) external onlyAgent {
        require(!_reserved(account), ReservedAddress(account));
        isFrozen[account] = freeze;
        emit AddressFrozen(account, freeze, msg.sender);
    }

    function pause() external onlyAgent {
        paused = true;
        emit Paused(msg.sender);
    }

    function unpause() external onlyAgent {
        paused = false;
        emit Unpaused(msg.sender);
    }

    // ---------------------------------------------------------------- the owner
    function addAgent(address agent) external onlyOwner {
        _addAgent(agent);
    }

    // While something is in force somebody must be able to end it.
    function removeAgent(address agent) external onlyOwner {
        require(isAgent[agent], NotAgent(agent));
        require(agents > 1 || openOperations == 0, LastAgent(agent));
        isAgent[agent] = false;
        --agents;
        emit AgentRemoved(agent);
    }

    function _addAgent(address agent) private {
        require(agent != address(0) && !isAgent[agent], ReservedAddress(agent));
        isAgent[agent] = true;
        ++agents;
        emit AgentAdded(agent);
    }

    // ---------------------------------------------------------------- balances
    function _reserved(address account) private view returns (bool) {
        return account == custody || account == suspense;
    }

    function _available(address account) private view returns (uint256) {
        return balanceOf[account] - frozen[account] - locked[account];
    }

    // Makes `amount` movable by an agent: first the free part, then what agents froze, never what is locked.
    function _yield(address account, uint256 amount) private {
        require(balanceOf[account] >= amount, InsufficientBalance(account));
        require(balanceOf[account] - locked[account] >= amount, UnitsLocked(account));
        uint256 free = _available(account);
        if (free >= amount) return;
        frozen[account] -= amount - free;
        emit TokensUnfrozen(account, amount - free);
    }

    function _credit(address account, uint256 amount) private {
        balanceOf[account] += amount;
        totalSupply += amount;
    }

    function _debit(address account, uint256 amount) private {
        balanceOf[account] -= amount;
        totalSupply -= amount;
    }

    function _move(address from, address to, uint256 amount) private {
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
        emit Transfer(from, to, amount);
    }
}
